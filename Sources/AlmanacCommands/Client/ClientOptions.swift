import ArgumentParser

/// How a command reaches the daemon, and how it prints what it is told.
struct ClientOptions: ParsableArguments {
    @OptionGroup var connection: ConnectionOptions

    @Flag(help: "Print JSON.")
    var json = false

    /// Runs the body with a client while the calling thread waits.
    ///
    /// Throws a ``CommandFailure`` for what the daemon refuses and for a daemon that cannot be reached.
    func withDaemon<Result: Sendable>(
        on machine: Machine,
        _ body: @escaping @Sendable (DaemonClient) async throws -> Result
    ) throws -> Result {
        try connection.withDaemon(on: machine, body)
    }
}
