import AlmanacAPI
import ArgumentParser
import Glibc

/// `almanac token revoke`: the end of a token.
struct TokenRevokeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Revoke a token: it lets nobody in any more, and streams that it has opened end."
    )

    @Argument(help: "The token's name.")
    var name: String

    @OptionGroup var client: ClientOptions

    func run() throws {
        let name = name
        try client.withDaemon(on: .current()) { try await $0.delete(APIPath("tokens", name)) }
        var output = OutputBuffer(descriptor: STDOUT_FILENO)
        if client.json {
            output.append(json: try WireCoding.encode(RevokedToken(name: name)))
        } else {
            output.appendLine("\(name.printable) is revoked.")
        }
        try output.flush()
    }

    /// What is printed of it with `--json`.
    private struct RevokedToken: Encodable {
        var name: String
        var revoked = true
    }
}
