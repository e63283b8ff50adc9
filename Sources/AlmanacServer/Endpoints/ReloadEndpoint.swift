import AlmanacAPI
import AlmanacModel
import HTTPTypes
import Hummingbird
import HummingbirdCore

/// `POST /api/reload`
struct ReloadEndpoint: Sendable {
    let reloading: any Reloading

    /// Puts the configuration's file in force. 422 with an entry for each of its faults; nothing has changed then.
    ///
    /// With `dry_run=true` it gives the same answers, and changes nothing in any case.
    @concurrent @Sendable
    func reload(_ request: Request, _ context: APIContext) async throws -> Response {
        let asked = NothingAsked(body: try await JSONBody.read(request, context.connection)?.readableBytesView)
        var query = QueryReader(request, context)
        let isDryRun = query.boolean("dry_run") ?? false
        var faults = query.faults
        faults.add(contentsOf: asked.faults)
        try faults.check()
        do {
            let report = isDryRun ? try await reloading.preview() : try await reloading.reload()
            return try Response(ReloadAnswer(report), context)
        } catch let refusal as ReloadRefusal {
            throw ProblemError(refusal)
        } catch RunMakingError.shuttingDown {
            throw ProblemError.shuttingDown
        }
    }
}

extension ProblemError {
    /// The faults of a configuration, up to as many as of a request.
    fileprivate init(_ refusal: ReloadRefusal) {
        let count = refusal.faults.count
        let listed = refusal.faults.prefix(RequestFaults.limit)
        let omitted = count > listed.count ? ", of which the first \(listed.count) are listed" : ""
        self.init(
            .unprocessableContent,
            "The configuration has \(count == 1 ? "a fault" : "\(count) faults\(omitted)"); the one in force stays.",
            errors: listed.map { ProblemDetail(location: Problem.configurationLocation, message: $0) }
        )
    }
}

extension ReloadAnswer {
    init(_ report: ReloadReport) {
        self.init(
            added: report.added,
            removed: report.removed,
            changed: report.changed.map { Change(name: $0.name, reasons: $0.reasons) },
            needingRestart: report.needingRestart.isEmpty ? nil : report.needingRestart,
            warnings: report.warnings.isEmpty ? nil : Array(report.warnings.prefix(RequestFaults.limit))
        )
    }
}
