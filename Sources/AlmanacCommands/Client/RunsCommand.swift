import AlmanacAPI
import ArgumentParser
import Glibc

/// `almanac runs`: what ran.
struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "List runs, newest first."
    )

    @Argument(help: "Only the runs of this task.", completion: .tasks)
    var task: String?

    @Option(
        help: ArgumentHelp(
            "Only runs in one of these states, with commas between: pending, running, ended, or end reasons such as failed.",
            valueName: "list"
        )
    )
    var status: String?

    @Option(help: ArgumentHelp("Only runs made by this: cron, api or startup.", valueName: "trigger"))
    var trigger: String?

    @Option(help: ArgumentHelp("How many are listed, 1 to 1000.", valueName: "number"))
    var limit = 20

    @Option(help: ArgumentHelp("How many are passed over first.", valueName: "number"))
    var offset = 0

    @OptionGroup var client: ClientOptions

    /// The request that the options ask for.
    var path: APIPath {
        APIPath("runs")
            .query("limit", limit)
            .query("offset", offset == 0 ? nil : offset)
            .query("task_name", task)
            .query("status", status)
            .query("triggered_by", trigger)
    }

    func run() throws {
        let machine = Machine.current()
        let path = path
        let page = try client.withDaemon(on: machine) { try await $0.get(path, as: RunPage.self) }
        var output = OutputBuffer(descriptor: STDOUT_FILENO)
        if client.json {
            output.append(json: page.json)
        } else if page.value.runs.isEmpty {
            output.appendLine("There are no such runs.")
        } else {
            RunListing(runs: page.value.runs, now: machine.now, zone: machine.localZone())
                .table.print(into: &output, colour: Colour(descriptor: STDOUT_FILENO, environment: machine.environment))
        }
        try output.flush()
        let rest = Int(page.value.total) - offset - page.value.runs.count
        if !client.json, rest > 0, !page.value.runs.isEmpty {
            tell("\(rest) more; see --limit and --offset.")
        }
    }
}
