import AlmanacDaemon
import ArgumentParser
import Glibc

/// Which daemon a command speaks to. These options may stand before the subcommand too, see ``LeadingOptions``.
struct ConnectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The daemon's Unix socket; else that of ALMANAC_SOCKET, else /run/almanac/almanac.sock for root and "
                + "$XDG_RUNTIME_DIR/almanac.sock for others.",
            valueName: "path"
        ),
        completion: .file()
    )
    var socket: String?

    @Option(
        help: ArgumentHelp(
            "The daemon's URL in place of a socket, as in https://host:9477; else that of ALMANAC_URL.",
            valueName: "url"
        )
    )
    var url: String?

    @Option(
        help: ArgumentHelp(
            "The file that holds the token for the URL, readable by you alone; else that of ALMANAC_TOKEN_FILE.",
            valueName: "file"
        ),
        completion: .file()
    )
    var tokenFile: String?

    @Option(
        help: ArgumentHelp(
            "A file with certificates of authorities to trust beside the system's own, PEM; else that of ALMANAC_CA_FILE.",
            valueName: "file"
        ),
        completion: .file()
    )
    var caFile: String?

    /// The options' names, each of which takes a value.
    static let names = ["--socket", "--url", "--token-file", "--ca-file"]

    func validate() throws {
        guard socket != nil else { return }
        for (name, value) in [("--url", url), ("--token-file", tokenFile), ("--ca-file", caFile)] where value != nil {
            throw ValidationError("--socket and \(name) exclude each other: a Unix socket is on this machine.")
        }
    }

    /// Where the daemon is: what the options say, else the variables, else the default socket.
    func address(environment: [String: String], userID: UInt32) throws(CommandFailure) -> DaemonAddress {
        func variable(_ name: String) -> String? {
            environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        guard let text = url ?? (socket == nil ? variable("ALMANAC_URL") : nil) else {
            if let name = [("--token-file", tokenFile), ("--ca-file", caFile)].first(where: { $0.1 != nil })?.0 {
                throw CommandFailure("\(name) goes with --url or ALMANAC_URL", status: ExitStatus.usage)
            }
            return .socket(Self.socketPath(socket, environment: environment, userID: userID))
        }
        if url == nil, variable("ALMANAC_SOCKET") != nil {
            throw CommandFailure(
                "ALMANAC_URL and ALMANAC_SOCKET are both set, and exclude each other: unset one, or give --url or --socket",
                status: ExitStatus.usage
            )
        }
        let server: ServerURL
        do throws(ServerURL.Fault) {
            server = try ServerURL(text)
        } catch {
            throw CommandFailure("\(url == nil ? "ALMANAC_URL" : "--url"): \(error.message)", status: ExitStatus.usage)
        }
        let tokenPath = tokenFile ?? variable("ALMANAC_TOKEN_FILE")
        let authorityPath = caFile ?? variable("ALMANAC_CA_FILE")
        var token: BearerToken?
        if let tokenPath { token = try BearerToken(file: tokenPath) }
        return .network(
            NetworkAddress(
                url: server,
                token: token,
                authorities: try authorityPath.map(NetworkAddress.authorities) ?? []
            )
        )
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
        let address = try address(environment: machine.environment, userID: getuid())
        if case .network(let network) = address, let warning = network.warning { tell(warning) }
        do {
            return try waitForTask { try await DaemonClient.withClient(address, body) }
        } catch let error as DaemonClientError {
            throw CommandFailure(error.description)
        }
    }
}
