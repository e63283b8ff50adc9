import AlmanacAPI
import AlmanacCalendar
import ArgumentParser
import Glibc

/// `almanac audit`: who has changed what.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "List who has asked for changes through the API, newest first."
    )

    @Option(help: ArgumentHelp("Only those about this task.", valueName: "name"), completion: .tasks)
    var task: String?

    @Option(help: ArgumentHelp("Only those of this token, or of the user with this id.", valueName: "name"))
    var caller: String?

    @Option(help: ArgumentHelp("Only those of this operation, such as triggerRun.", valueName: "name"))
    var operation: String?

    @Option(help: ArgumentHelp("Only those from this time on, as in 2026-03-29T01:00:00Z.", valueName: "time"))
    var since: String?

    @Option(help: ArgumentHelp("Only those before this time.", valueName: "time"))
    var until: String?

    @Option(help: ArgumentHelp("Only those before the entry with this number.", valueName: "number"))
    var before: Int?

    @Option(help: ArgumentHelp("How many are listed, 1 to 1000.", valueName: "number"))
    var limit = 20

    @OptionGroup var client: ClientOptions

    /// The request that the options ask for.
    var path: APIPath {
        APIPath("audit")
            .query("limit", limit)
            .query("before", before)
            .query("task_name", task)
            .query("caller", caller)
            .query("operation", operation)
            .query("since", since)
            .query("until", until)
    }

    func run() throws {
        let machine = Machine.current()
        let path = path
        let page = try client.withDaemon(on: machine) { try await $0.get(path, as: AuditPage.self) }
        var output = OutputBuffer(descriptor: STDOUT_FILENO)
        if client.json {
            output.append(json: page.json)
        } else if page.value.entries.isEmpty {
            output.appendLine("There are no such entries.")
        } else {
            AuditListing(entries: page.value.entries, zone: machine.localZone())
                .table.print(into: &output, colour: Colour(descriptor: STDOUT_FILENO, environment: machine.environment))
        }
        try output.flush()
        if !client.json, let next = page.value.nextBefore { tell("There may be more; see --before \(next).") }
    }
}

/// Entries of the audit as a table.
struct AuditListing {
    let entries: [AuditRecord]
    let zone: ZoneRules

    var table: Table {
        var clock = LocalClock(zone: zone)
        var table = Table(
            .init("TIME"),
            .init("CALLER"),
            .init("FROM"),
            .init("OPERATION"),
            .init("TARGET"),
            .init("STATUS"),
            .init("DETAIL")
        )
        for entry in entries {
            let target = [entry.taskName, entry.runID, entry.tokenName].compactMap { $0 }.joined(separator: " ")
            table.add(
                .init(Timestamp(rfc3339: entry.at).map { clock.text($0) } ?? entry.at),
                .init(entry.callerText),
                .init(entry.address),
                .init(entry.operation, .bold),
                .init(target),
                .init(entry.status.map { "\($0)" } ?? "unknown", entry.status.map { $0 < 400 } == true ? nil : .yellow),
                .init(entry.detail ?? "", .dim)
            )
        }
        return table
    }
}

extension AuditRecord {
    /// `token deploy`, `uid 1000 (process 4711)` or `anonymous`.
    fileprivate var callerText: String {
        switch callerKind {
        case "token": "token \(caller)"
        case "user": "uid \(caller)" + (processID.map { " (process \($0))" } ?? "")
        default: callerKind
        }
    }
}
