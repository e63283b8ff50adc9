import AlmanacAPI
import AlmanacCalendar
import AlmanacModel
import ArgumentParser
import Glibc

/// `almanac token list`: the tokens that there are.
struct TokenListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the tokens: what each may do, and when it was last used."
    )

    @OptionGroup var client: ClientOptions

    func run() throws {
        let machine = Machine.current()
        let answer = try client.withDaemon(on: machine) {
            try await $0.get(APIPath("tokens"), as: [TokenResource].self)
        }
        var output = OutputBuffer(descriptor: STDOUT_FILENO)
        if client.json {
            output.append(json: answer.json)
        } else if answer.value.isEmpty {
            output.appendLine("There are no tokens.")
        } else {
            TokenListing(tokens: answer.value, now: machine.now.timestamp, zone: machine.localZone())
                .table.print(into: &output, colour: Colour(descriptor: STDOUT_FILENO, environment: machine.environment))
        }
        try output.flush()
    }
}

/// Tokens as a table.
struct TokenListing {
    let tokens: [TokenResource]
    let now: Timestamp
    let zone: ZoneRules

    var table: Table {
        var clock = LocalClock(zone: zone)
        func local(_ text: String?) -> String {
            guard let text else { return "" }
            return Timestamp(rfc3339: text).map { clock.text($0) } ?? text
        }
        var table = Table(.init("NAME"), .init("SCOPES"), .init("MADE"), .init("EXPIRES"), .init("LAST USED"))
        for token in tokens {
            let hasExpired = token.expiresAt.flatMap { Timestamp(rfc3339: $0) }.map { $0 <= now } ?? false
            table.add(
                .init(token.name, .bold),
                .init(token.scopes.joined(separator: " ")),
                .init(local(token.createdAt)),
                .init(token.expiresAt == nil ? "never" : local(token.expiresAt), hasExpired ? .yellow : nil),
                .init(token.lastUsedAt == nil ? "never" : local(token.lastUsedAt))
            )
        }
        return table
    }
}
