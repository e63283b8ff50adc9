import AlmanacModel
import Synchronization

/// The catalog that is in force, for everyone who asks.
final class ActiveCatalog: CatalogSource {
    private struct State {
        var catalog: Catalog
        var held: HeldTasks?
    }

    private let state: Mutex<State>

    init(_ catalog: Catalog) {
        state = Mutex(State(catalog: catalog, held: HeldTasks(of: catalog)))
    }

    var catalog: Catalog {
        state.withLock { $0.catalog }
    }

    /// The tasks that are held; nil where none is.
    var held: HeldTasks? {
        state.withLock { $0.held }
    }

    func replace(with catalog: Catalog) {
        let next = State(catalog: catalog, held: HeldTasks(of: catalog))
        state.withLock { $0 = next }
    }
}

/// Tasks of crontabs that somebody else runs.
package struct HeldTasks: Hashable, Sendable {
    /// 1 or more.
    package var count: Int
    /// As a clause: `cron is running (process 412)`.
    package var reason: String

    package init(count: Int, reason: String) {
        self.count = count
        self.reason = reason
    }

    /// Nil where no task is held.
    init?(of catalog: Catalog) {
        let reasons = catalog.tasks.compactMap(\.hold)
        guard let reason = reasons.first else { return nil }
        self.init(count: reasons.count, reason: reason)
    }

    /// `12 crontab tasks held: cron is running (process 412)`
    var text: String { "\(count) crontab \(count == 1 ? "task" : "tasks") held: \(reason)" }
}
