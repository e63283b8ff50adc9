import AlmanacModel
import Synchronization

/// The catalog that is in force, for everyone who asks.
final class ActiveCatalog: CatalogSource {
    private let current: Mutex<Catalog>

    init(_ catalog: Catalog) {
        current = Mutex(catalog)
    }

    var catalog: Catalog {
        current.withLock { $0 }
    }

    func replace(with catalog: Catalog) {
        current.withLock { $0 = catalog }
    }
}
