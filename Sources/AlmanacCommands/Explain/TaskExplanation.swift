import AlmanacAPI
import AlmanacCalendar
import AlmanacModel
import Glibc

/// What the schedule of one of the daemon's tasks means.
struct TaskExplanation {
    let task: TaskResource

    /// Asks the daemon for the task.
    static func ask(for name: String, of connection: ConnectionOptions, on machine: Machine) throws -> TaskExplanation {
        let answer = try connection.withDaemon(on: machine) { client in
            try await client.get(APIPath("tasks", name), as: TaskResource.self)
        }
        return TaskExplanation(task: answer.value)
    }

    /// Prints where the task comes from and what its schedule means.
    func write(to output: inout OutputBuffer, on machine: Machine) throws {
        let colour = Colour(descriptor: STDOUT_FILENO, environment: machine.environment)
        output.appendLine("\(colour.apply(.bold, to: task.name.printable)): \((task.description ?? origin).printable)")
        if task.description != nil { output.appendLine(origin.printable) }
        if let held = task.held { output.appendLine("It is held: \(held.printable)") }
        output.appendLine()
        guard let schedule = try schedule(on: machine) else {
            output.appendLine(
                task.runOnStart == true
                    ? "It runs at each start of the daemon." : "It has no schedule: it runs by hand."
            )
            return
        }
        if schedule.expression.isReboot, task.crontabFile != nil {
            output.appendLine("Once after each boot. It has no times of its own.")
            return
        }
        try Explanation(schedule: schedule, now: machine.now.timestamp).write(to: &output, colour: colour)
        if task.crontabFile != nil, let text = task.cron, let meaning = try? CrontabMeaning(text, zone: schedule.zone) {
            Explanation.write(section: "In a crontab", [meaning.rule], to: &output, colour: colour)
        }
    }

    /// The same for programs.
    func report(on machine: Machine) throws -> ExplanationReport {
        let told = ExplanationReport.Task(name: task.name, origin: origin, held: task.held)
        guard let schedule = try schedule(on: machine) else { return ExplanationReport(task: told) }
        var report = ExplanationReport(Explanation(schedule: schedule, now: machine.now.timestamp))
        report.task = told
        if task.crontabFile != nil, let text = task.cron, let meaning = try? CrontabMeaning(text, zone: schedule.zone) {
            report.crontab = [meaning.rule].compactMap(\.self)
        }
        return report
    }

    /// `line 6 of /etc/cron.d/sysstat: 5-55/10 * * * *`
    private var origin: String {
        let text = task.cron ?? task.onCalendar ?? "by hand"
        guard let file = task.crontabFile, let line = task.crontabLine else {
            return "a task of the configuration: \(text)"
        }
        return "line \(line) of \(file): \(text)"
    }

    /// The schedule as the daemon tells it; nil for a task by hand.
    private func schedule(on machine: Machine) throws -> Schedule? {
        guard let text = task.cron ?? task.onCalendar else { return nil }
        // A calendar event may name its zone itself.
        let namesZone = task.cron == nil && (try? CalendarEvent(text))?.zone != nil
        let query = NextQuery(
            expression: text,
            isCalendarEvent: task.cron == nil,
            zone: namesZone ? nil : task.timezone,
            gap: task.dstGap,
            fold: task.dstFold
        )
        do throws(NextFault) {
            let schedule = try query.resolved(now: machine.now.timestamp, zones: machine.zones).schedule
            return Schedule(
                schedule.expression,
                in: schedule.zone,
                gap: schedule.gap,
                fold: schedule.fold,
                hourly: task.dstHourly ?? true
            )
        } catch {
            throw CommandFailure(error.message)
        }
    }
}
