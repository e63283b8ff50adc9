import AlmanacAPI
import AlmanacServer
import AlmanacTesting
import ServiceLifecycle

/// A served API on real sockets.
struct RunningServer {
    let fixture: Fixture
    let tcp: ListenAddress
    let unix: ListenAddress
    /// Takes the server down, gracefully.
    let shutDown: @Sendable () async -> Void

    /// The TCP port.
    var port: UInt16 {
        if case .tcp(_, let port) = tcp { port } else { 0 }
    }

    var tcpClient: SocketClient { SocketClient(address: tcp) }
    var unixClient: SocketClient { SocketClient(address: unix) }

    /// Serves while the body runs, and until the server has gone down afterwards.
    static func run(
        _ fixture: Fixture = Fixture(),
        limits: APIServer.Limits = APIServer.Limits(),
        operations: [APIOperation] = APIOperation.all,
        _ body: (RunningServer) async throws -> Void
    ) async throws {
        let folder = TemporaryFolder()
        let listeners = [
            try ListeningSocket.open(.tcp(host: .loopback, port: 0)),
            try ListeningSocket.open(.unix(path: folder.file("api.sock"))),
        ]
        let server = APIServer(
            listeners: listeners,
            operations: operations,
            dependencies: try fixture.dependencies,
            group: Fixture.group,
            logger: Fixture.logger,
            limits: limits
        )
        let services = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [server], logger: Fixture.logger)
        )
        async let serving: Void = services.run()
        do {
            try await body(
                RunningServer(
                    fixture: fixture,
                    tcp: listeners[0].address,
                    unix: listeners[1].address,
                    shutDown: { await services.triggerGracefulShutdown() }
                )
            )
        } catch {
            await services.triggerGracefulShutdown()
            throw error
        }
        await services.triggerGracefulShutdown()
        try await serving
        withExtendedLifetime(folder) {}
    }
}
