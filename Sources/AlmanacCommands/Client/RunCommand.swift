import AlmanacAPI
import ArgumentParser
import Glibc

/// `almanac run`: starts a task now.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Start a task now and print the id of its run.",
        discussion: """
            With --wait the command's output is printed as it comes, and the exit code is the command's own, 128 + n for \
            signal n. It is 1 where no command ran and where the run was ended although its command exited with 0. \
            Ctrl-C leaves the run running and exits with 130. With --json the run is printed instead of its output.
            """
    )

    @Argument(help: "The task's name.", completion: .tasks)
    var task: String

    @Flag(help: "Wait until the run has ended, and print its output.")
    var wait = false

    @Option(help: ArgumentHelp("A parameter of the run; may be given several times.", valueName: "key=value"))
    var param: [String] = []

    @OptionGroup var client: ClientOptions

    func validate() throws {
        _ = try parameters
    }

    /// The parameters by key.
    private var parameters: [String: String] {
        get throws {
            var result: [String: String] = [:]
            for text in param {
                guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
                    throw ValidationError("--param takes KEY=VALUE; found \(text.debugDescription).")
                }
                let key = String(text[..<sign])
                guard result.updateValue(String(text[text.index(after: sign)...]), forKey: key) == nil else {
                    throw ValidationError("--param gives \(key) twice.")
                }
            }
            return result
        }
    }

    /// The body of the request; nil where there is nothing to say.
    var body: TriggerBody? {
        get throws {
            let parameters = try parameters
            return parameters.isEmpty ? nil : TriggerBody(params: parameters)
        }
    }

    func run() throws {
        let interrupt =
            wait
            ? InterruptWatch.start("Interrupted; whether the run was made is for 'almanac runs \(task)' to say.") : nil
        let (task, wait, json, body) = (task, wait, client.json, try body)
        let run = try client.withDaemon(on: .current()) { client in
            let made = try await client.post(APIPath("tasks", task, "run"), body: body, as: RunResource.self)
            guard wait else { return made }
            interrupt?.message = Self.farewell(made.value.id)
            let follower = RunFollower(client: client, run: made.value, form: .streams)
            if !json { try await follower.follow(untilEnd: true) }
            return try await follower.end()
        }
        try report(run)
    }

    /// Prints what is to be printed at the end, and turns the run's end into that of this command.
    private func report(_ run: DaemonClient.Answer<RunResource>) throws {
        var output = OutputBuffer(descriptor: STDOUT_FILENO)
        if client.json {
            output.append(json: run.json)
        } else if !wait {
            output.appendLine(run.value.id)
        }
        try output.flush()
        let status = run.value.commandStatus
        if let shortfall = run.value.shortfall { tell("almanac: \(shortfall.printable)") }
        if status != ExitStatus.success { throw CommandFailure.silent(status: status) }
    }

    /// What is told when an interrupt ends the wait.
    static func farewell(_ id: String) -> String {
        "Interrupted; the run goes on. See its output with 'almanac logs --follow \(id)', end it with 'almanac stop \(id)'."
    }
}

extension RunResource {
    /// The exit code of the command that waited for the run: 0 while it has not ended.
    var commandStatus: Int32 {
        guard let endReason else { return ExitStatus.success }
        if (1...255).contains(exitCode) { return Int32(exitCode) }
        return endReason == "success" ? ExitStatus.success : ExitStatus.failure
    }
}
