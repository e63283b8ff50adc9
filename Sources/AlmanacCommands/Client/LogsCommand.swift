import AlmanacAPI
import AlmanacModel
import ArgumentParser
import Glibc
import NIOCore

/// `almanac logs`: what a run has printed.
struct LogsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Print the output of a run, byte for byte as it came.",
        discussion: """
            For a task it is the output of its newest run. With --follow the output goes on until the run has ended, \
            and what the command printed on standard error goes there; --json prints a line of JSON for each line.
            """
    )

    @Argument(help: ArgumentHelp("A task's name or a run's id.", valueName: "task|run"), completion: .tasks)
    var subject: String

    @Flag(name: .shortAndLong, help: "Go on until the run has ended.")
    var follow = false

    @OptionGroup var client: ClientOptions

    func run() throws {
        let (subject, follow, json) = (subject, follow, client.json)
        try client.withDaemon(on: .current()) { client in
            let run = try await Self.run(of: subject, client: client)
            if follow || json {
                try await RunFollower(client: client, run: run, form: json ? .json : .streams).follow(untilEnd: follow)
            } else {
                var output = OutputBuffer(descriptor: STDOUT_FILENO)
                try await client.stream(.runs(of: run.taskName, run.id, "log", "raw")) { piece throws(OutputError) in
                    output.append(piece.readableBytesView)
                    try output.flushIfFull()
                }
                try output.flush()
            }
        }
    }

    /// The run with that id, or the newest run of the task with that name.
    private static func run(of subject: String, client: DaemonClient) async throws -> RunResource {
        if let id = RunID(subject) {
            do {
                return try await client.get(.runs(id.description)).value
            } catch DaemonClientError.refused(let problem) where problem.status == 404 {
                // A task may be called like that.
                guard let run = try? await newestRun(ofTask: subject, client: client) else {
                    throw DaemonClientError.refused(problem)
                }
                return run
            }
        }
        guard let run = try await newestRun(ofTask: subject, client: client) else {
            throw CommandFailure("task \(subject) has not run yet.")
        }
        return run
    }

    /// The newest run of a task; nil where there is none.
    private static func newestRun(ofTask task: String, client: DaemonClient) async throws -> RunResource? {
        let path = APIPath.runs(of: task).query("limit", 1)
        return try await client.get(path, as: RunPage.self).value.runs.first
    }
}
