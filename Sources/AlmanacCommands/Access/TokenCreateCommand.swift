import AlmanacAPI
import AlmanacCalendar
import AlmanacConfig
import AlmanacModel
import ArgumentParser
import Glibc

/// `almanac token create`: a new token, shown once.
struct TokenCreateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a token. It is printed now and never again.",
        discussion: """
            Scopes: read (everything but tokens and the audit), trigger (start every task, and follow its runs), trigger:TASK \
            (the same of one task), admin (everything).
            """
    )

    @Argument(help: "What the token is called, in lists and in the audit.")
    var name: String

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("What its holder may do: read, trigger, trigger:TASK, admin.", valueName: "scope")
    )
    var scope: [String]

    @Option(
        help: ArgumentHelp(
            "When it ends: after a while as in 90d or 12h, or at a time as in 2027-03-29T01:00:00Z; else never.",
            valueName: "time"
        )
    )
    var expires: String?

    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard let expires, Self.end(expires, now: Timestamp(secondsSinceEpoch: 0)) == nil else { return }
        throw ValidationError(
            "--expires: \(expires.debugDescription) is neither a duration such as 90d nor a time such as 2027-03-29T01:00:00Z."
        )
    }

    func run() throws {
        let machine = Machine.current()
        let end = expires.flatMap { Self.end($0, now: machine.now.timestamp) }
        let body = TokenBody(name: name, scopes: scope, expiresAt: end.map { "\($0)" })
        let answer = try client.withDaemon(on: machine) { try await Self.make(body, $0) }
        var output = OutputBuffer(descriptor: STDOUT_FILENO)
        if client.json {
            output.append(json: answer.json)
        } else {
            output.appendLine(answer.value.token)
        }
        try output.flush()
        if !client.json { tell("This is the only time that the token is shown.") }
    }

    static func make(_ body: TokenBody, _ client: DaemonClient) async throws -> DaemonClient.Answer<NewToken> {
        try await client.post(APIPath("tokens"), body: body)
    }

    /// When a token ends of which this is said; nil for what is neither a duration nor a time.
    static func end(_ text: String, now: Timestamp) -> Timestamp? {
        if let time = Timestamp(rfc3339: text) { return time }
        guard let duration = try? DurationText.duration(from: text), duration > .zero else { return nil }
        return now + duration.components.seconds
    }
}
