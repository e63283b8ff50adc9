import AlmanacAPI
import AlmanacCalendar
import ArgumentParser
import Glibc

/// `almanac pause`: holds a task's schedule.
struct PauseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Hold a task's schedule, over restarts of the daemon too; 'almanac run' still runs it.",
        discussion: "Of a task that is paused already the end of the pause is changed."
    )

    @Argument(help: "The task's name.", completion: .tasks)
    var task: String

    @Option(
        help: ArgumentHelp(
            "When the pause ends by itself, as in 2026-03-29T01:00:00Z or 2026-03-29T03:00:00+02:00; else 'almanac resume' ends it.",
            valueName: "time"
        )
    )
    var until: String?

    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard let until, Timestamp(rfc3339: until) == nil else { return }
        throw ValidationError(
            "--until: \(until.debugDescription) is not a time as RFC 3339 has it; expected 2026-03-29T01:00:00Z or 2026-03-29T03:00:00+02:00."
        )
    }

    func run() throws {
        let machine = Machine.current()
        let (task, until) = (task, until)
        let answer = try client.withDaemon(on: machine) { try await Self.pause(task, until: until, $0) }
        var output = OutputBuffer(descriptor: STDOUT_FILENO)
        if client.json {
            output.append(json: answer.json)
        } else {
            output.appendLine(answer.value.pauseSentence(in: machine.localZone()))
        }
        try output.flush()
    }

    static func pause(
        _ task: String,
        until: String?,
        _ client: DaemonClient
    ) async throws -> DaemonClient.Answer<TaskResource> {
        try await client.post(APIPath("tasks", task, "pause"), body: until.map { PauseBody(until: $0) })
    }
}

/// `almanac resume`: ends a task's pause.
struct ResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "End a task's pause; what fell due meanwhile is not made up for."
    )

    @Argument(help: "The task's name.", completion: .tasks)
    var task: String

    @OptionGroup var client: ClientOptions

    func run() throws {
        let machine = Machine.current()
        let task = task
        let answer = try client.withDaemon(on: machine) { try await Self.resume(task, $0) }
        var output = OutputBuffer(descriptor: STDOUT_FILENO)
        if client.json {
            output.append(json: answer.json)
        } else {
            output.appendLine(answer.value.pauseSentence(in: machine.localZone()))
        }
        try output.flush()
    }

    static func resume(_ task: String, _ client: DaemonClient) async throws -> DaemonClient.Answer<TaskResource> {
        try await client.post(APIPath("tasks", task, "resume"))
    }
}

extension TaskResource {
    /// Whether the task is paused, until when, and when it fires next, on the clocks of a zone.
    func pauseSentence(in zone: ZoneRules) -> String {
        var clock = LocalClock(zone: zone)
        func local(_ text: String) -> String {
            Timestamp(rfc3339: text).map { clock.text($0) } ?? text.printable
        }
        let next = nextRunAt.map { "; its next run is on \(local($0))" } ?? ""
        guard pausedSince != nil else { return "\(name.printable) is not paused any more\(next)." }
        guard let pausedUntil else {
            return "\(name.printable) is paused; 'almanac resume \(name.printable)' ends that."
        }
        return "\(name.printable) is paused until \(local(pausedUntil))\(next)."
    }
}
