import AlmanacAPI
import AlmanacCalendar
import AlmanacModel
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

/// `GET /health` and `GET /api/info`.
struct InfoEndpoint: Sendable {
    let dependencies: APIServer.Dependencies
    /// The TCP port that is served, if one is.
    let port: UInt16?
    let goingDown: OneShotSignal

    @concurrent @Sendable
    static func health(_ request: Request, _ context: APIContext) async throws -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: "OK"))
        )
    }

    @concurrent @Sendable
    func info(_ request: Request, _ context: APIContext) async throws -> Response {
        try QueryReader(request, context).faults.check()
        let catalog = dependencies.catalog.catalog
        let daemon = dependencies.daemon
        let info = DaemonInfo(
            version: daemon.version,
            fingerprint: daemon.fingerprint,
            port: Int64(port ?? 0),
            schedulingActive: !goingDown.hasFired,
            serviceManaged: daemon.isServiceManaged,
            authDisabled: dependencies.access.tcp == .openOnLoopback,
            configPath: daemon.configPath,
            configLoadedAt: catalog.loadedAt.description,
            configStale: await daemon.isConfigStale(),
            resolvedTimezone: catalog.defaultZone.id.name,
            timezoneSource: catalog.zoneSource.rawValue,
            tasks: catalog.tasks.map { TaskBrief($0) },
            capabilities: []
        )
        return try Response(info, context)
    }
}
