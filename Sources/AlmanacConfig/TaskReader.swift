import AlmanacCalendar
import AlmanacModel

/// Reads the tables `[tasks.NAME]`.
struct TaskReader {
    let zones: @Sendable (ZoneID) throws -> ZoneRules
    /// The zone of tasks that name none.
    let defaultZone: ZoneRules
    /// What `[defaults]` says.
    let defaults: TaskSettings
    let files: ReferencedFiles
    let identities: IdentityLookup

    /// Reads a task: a row for each key that it does not share with `[defaults]`.
    ///
    /// - Returns: nil where it has no command; then a fault has been reported.
    func task(named name: String, from table: inout TableReader) -> TaskDefinition? {
        if !TaskDefinition.isValidName(name) {
            table.report(
                "\(Quotation(name)) cannot be a task's name; expected 1 to 100 of the characters a-z, A-Z, 0-9, "
                    + #"".", "_", ":" and "-", other than "." and "..""#
            )
        }
        let cron = expression(in: &table)
        let zone = table.optional("timezone", .zone(zones)) ?? cron?.zone
        let command = table.required("run", .command, example: #"run = "echo hello""#)
        let runsOnStart = table.value("run_on_start", .boolean, default: false)
        var settings = defaults
        settings.read(from: &table, files: files, identities: identities)

        let task = TaskDefinition(
            name: name,
            command: command ?? "",
            summary: table.optional("description", .text),
            group: table.optional("group", .name),
            schedule: cron.map { cron in
                TaskSchedule(
                    text: cron.text,
                    schedule: Schedule(
                        cron.expression,
                        in: zone ?? defaultZone,
                        gap: settings.gap,
                        fold: settings.fold,
                        hourly: settings.hourly
                    ),
                    hasOwnZone: zone != nil
                )
            },
            runsOnStart: runsOnStart,
            allowsAPITrigger: table.value("api_trigger", .boolean, default: true),
            onOverlap: settings.onOverlap,
            maxConcurrent: settings.maxConcurrent,
            queueMax: settings.queueMax,
            timeout: settings.timeout,
            gracefulStop: settings.gracefulStop,
            settings: commandSettings(settings, from: &table),
            retry: settings.retry,
            parameters: ParameterReader.parameters(
                from: &table,
                runsByItself: namesTimes(table) || runsOnStart
            ),
            catchUp: settings.catchUp,
            maxCatchUpRuns: settings.maxCatchUpRuns,
            jitter: settings.jitter,
            keepRuns: settings.keepRuns,
            keepFor: settings.keepFor
        )
        table.settle(ForeignKey.ofTasks)
        warn(of: task, in: table)
        return command == nil ? nil : task
    }

    /// What `cron` or `on_calendar` says; both are read, so that each is checked.
    private func expression(in table: inout TableReader) -> CronText? {
        let cron = table.optional("cron", .cron)
        let event = table.optional("on_calendar", .onCalendar(zones))
        if table.contains("cron"), table.contains("on_calendar") {
            table.report("the task has cron too; keep one of the two, or make two tasks", key: "on_calendar")
        }
        if event?.zone != nil, table.contains("timezone") {
            table.report("on_calendar names a zone already; remove this key, or the zone there", key: "timezone")
        }
        return cron ?? event
    }

    private func namesTimes(_ table: TableReader) -> Bool {
        table.contains("cron") || table.contains("on_calendar")
    }

    /// The command's settings with its working folder, of which `~` is the home of the user that it takes.
    private func commandSettings(_ settings: TaskSettings, from table: inout TableReader) -> CommandSettings {
        var command = settings.command
        command.standardInput = table.optional("stdin", .input)
        command.mail = settings.mail.settings
        resolveFolder(settings.workingFolder, of: &command, in: table)
        if command.conventions == .cron {
            command.environmentBase = .inherit
            command.followCron(home: command.identity?.home ?? identities.ownHome)
        }
        return command
    }

    private func resolveFolder(_ folder: String?, of command: inout CommandSettings, in table: TableReader) {
        guard let folder else { return }
        var base = files.base
        if let identity = command.identity { base.home = identity.home }
        do throws(PathBase.Fault) {
            command.workingDirectory = try base.absolute(folder)
        } catch {
            table.report(error.message, key: "working_dir")
        }
    }

    /// Tells of keys that are right by themselves and come to nothing together.
    private func warn(of task: TaskDefinition, in table: TableReader) {
        if task.schedule == nil, table.contains("jitter"), !namesTimes(table) {
            table.warn("it delays what cron starts, and the task has no cron", key: "jitter")
        }
        for key in ["mail_from", "mail_on"] where task.settings.mail == nil && table.contains(key) {
            table.warn("nobody gets a mail: the task has no mail_to", key: key)
        }
        if !task.allowsAPITrigger, !task.runsOnStart, !namesTimes(table) {
            table.warn("nothing ever starts this task: it has no cron, no run_on_start", key: "api_trigger")
        }
    }
}
