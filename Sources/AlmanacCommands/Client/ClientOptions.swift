import AlmanacDaemon
import ArgumentParser
import Glibc

/// How a command reaches the daemon.
struct ClientOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The daemon's Unix socket; else that of ALMANAC_SOCKET, else /run/almanac/almanac.sock for root and "
                + "$XDG_RUNTIME_DIR/almanac.sock for others.",
            valueName: "path"
        )
    )
    var socket: String?

    @Flag(help: "Print JSON.")
    var json = false

    /// The socket's path: the option's, else the variable's, else the default one.
    func socketPath(environment: [String: String], userID: UInt32) -> String {
        Self.socketPath(socket, environment: environment, userID: userID)
    }

    /// The path that an option of this kind has, else the variable's, else the default one.
    static func socketPath(_ option: String?, environment: [String: String], userID: UInt32) -> String {
        if let option { return option }
        if let socket = environment["ALMANAC_SOCKET"], !socket.isEmpty { return socket }
        return DefaultPaths(environment: environment, userID: userID).socket
    }

    /// Runs the body with a client while the calling thread waits.
    ///
    /// Throws a ``CommandFailure`` for what the daemon refuses and for a daemon that cannot be reached.
    func withDaemon<Result: Sendable>(
        on machine: Machine,
        _ body: @escaping @Sendable (DaemonClient) async throws -> Result
    ) throws -> Result {
        try Self.withDaemon(socket: socket, on: machine, body)
    }

    static func withDaemon<Result: Sendable>(
        socket option: String?,
        on machine: Machine,
        _ body: @escaping @Sendable (DaemonClient) async throws -> Result
    ) throws -> Result {
        let socket = socketPath(option, environment: machine.environment, userID: getuid())
        do {
            return try waitForTask { try await DaemonClient.withClient(socket: socket, body) }
        } catch let error as DaemonClientError {
            throw CommandFailure(error.description)
        }
    }
}
