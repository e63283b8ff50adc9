import AlmanacAPI
import ArgumentParser
import Glibc

/// `almanac stop`: ends a run.
struct StopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "End a run that is pending or running."
    )

    @Argument(help: ArgumentHelp("The run's id.", valueName: "run"))
    var id: String

    @OptionGroup var client: ClientOptions

    func run() throws {
        let id = id
        let answer = try client.withDaemon(on: .current()) { client in
            let run = try await client.get(.runs(id), as: RunResource.self).value
            return try await client.post(.runs(of: run.taskName, run.id, "stop"), as: StopAnswer.self)
        }
        var output = OutputBuffer(descriptor: STDOUT_FILENO)
        if client.json {
            output.append(json: answer.json)
        } else {
            output.appendLine(answer.value.message.printable)
        }
        try output.flush()
    }
}
