import AlmanacAPI
import AlmanacCalendar
import AlmanacModel
import ArgumentParser
import Glibc

/// `almanac list`: the daemon's tasks.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the daemon's tasks and when they run next."
    )

    @OptionGroup var client: ClientOptions

    func run() throws {
        let machine = Machine.current()
        let tasks = try client.withDaemon(on: machine) { try await $0.get(APIPath("tasks"), as: [TaskResource].self) }
        var output = OutputBuffer(descriptor: STDOUT_FILENO)
        if client.json {
            output.append(json: tasks.json)
        } else if tasks.value.isEmpty {
            output.appendLine("The daemon has no tasks.")
        } else {
            TaskListing(tasks: tasks.value, now: machine.now.timestamp, zone: machine.localZone())
                .table.print(into: &output, colour: Colour(descriptor: STDOUT_FILENO, environment: machine.environment))
        }
        try output.flush()
    }
}

/// Tasks for people.
struct TaskListing {
    let tasks: [TaskResource]
    let now: Timestamp

    /// The zone of the reader's clock.
    let zone: ZoneRules

    var table: Table {
        var clock = LocalClock(zone: zone)
        var table = Table(
            .init("TASK"),
            .init("GROUP"),
            .init("SCHEDULE"),
            .init("ZONE"),
            .init("NEXT RUN"),
            .init("FROM NOW"),
            .init("PAUSED"),
            .init("HELD"),
            .init("CRONTAB"),
            .init("DESCRIPTION")
        )
        for task in tasks {
            let expression = task.cron ?? task.onCalendar
            let next = task.nextRunAt.flatMap { Timestamp(rfc3339: $0) }
            table.add(
                .init(task.name, .bold),
                .init(task.group ?? ""),
                .init(expression ?? (task.runOnStart == true ? "at start" : "by hand")),
                .init(expression == nil ? "" : task.timezone ?? ""),
                .init(next.map { clock.text($0) } ?? ""),
                .init(next?.distance(from: now) ?? ""),
                .init(Self.pause(of: task, &clock), .yellow),
                .init(task.held ?? "", .yellow),
                .init(Self.place(of: task)),
                .init(task.description ?? "", .dim)
            )
        }
        return table
    }

    /// `/etc/cron.d/sysstat:6`; nothing for a task of the configuration's file.
    private static func place(of task: TaskResource) -> String {
        guard let file = task.crontabFile else { return "" }
        return task.crontabLine.map { "\(file):\($0)" } ?? file
    }

    /// `until Sun 2026-03-29 04:30:00 CEST`, or since when where the pause has no end; nothing where there is none.
    private static func pause(of task: TaskResource, _ clock: inout LocalClock) -> String {
        guard let since = task.pausedSince else { return "" }
        let time = task.pausedUntil ?? since
        return (task.pausedUntil == nil ? "since " : "until ")
            + (Timestamp(rfc3339: time).map { clock.text($0) } ?? time)
    }
}
