package import AlmanacCalendar
package import AlmanacModel

/// What the crontabs of some places come to: their tasks, and all that is to be said of them.
package struct CrontabReading: Sendable {
    /// Sorted by name.
    package var tasks: [TaskDefinition] = []
    /// All files that were found, those that are not taken among them.
    package var files: [String] = []
    /// The files that are not taken, and why.
    package var refusals: [ConfigurationFault] = []
    /// The lines that are not run, and why.
    package var faults: [ConfigurationFault] = []
    /// What is run otherwise than it seems to say.
    package var warnings: [ConfigurationFault] = []

    package init() {}

    /// Reads all crontabs of the places, and waits for the file system meanwhile.
    ///
    /// - Parameters:
    ///   - names: those of the tasks of `almanac.toml`, which no crontab's task can have.
    ///   - zones: looks up the rules of a zone that `CRON_TZ` names.
    ///   - machineZone: the zone that cron goes by. Where it cannot be known, it is UTC, as it is to cron then.
    package init(
        of settings: CronSettings,
        beside names: Set<String>,
        zones: @escaping @Sendable (ZoneID) throws -> ZoneRules,
        machineZone: () throws -> ZoneRules,
        host: ConfigurationHost
    ) {
        let places = settings.places
        if places.isEmpty { return }
        let collection = CrontabCollection.read(places, host: host)
        let zone: ZoneRules
        do {
            zone = try machineZone()
        } catch {
            zone = .utc
            warnings.append(
                ConfigurationFault(
                    path: places[0].path,
                    message: "the system's zone: \(error); crontabs are read in UTC"
                )
            )
        }
        let (tasks, faults) = CrontabTaskMaker(zones: zones, defaultZone: zone, host: host, settings: settings)
            .tasks(of: collection.crontabs)
        refusals = collection.refusals
        files = collection.crontabs.map(\.path) + refusals.map(\.path)
        for crontab in collection.crontabs {
            self.faults += crontab.faults.map { ConfigurationFault(in: crontab, $0) }
            warnings += crontab.warnings.map { ConfigurationFault(in: crontab, $0) }
        }
        self.faults += faults
        self.tasks = tasks.filter { task in
            guard names.contains(task.name) else { return true }
            self.faults.append(ConfigurationFault(nameTakenFrom: task))
            return false
        }
    }

    /// All that is to be said, the worst first.
    package var remarks: [ConfigurationFault] { refusals + faults + warnings }
}

extension ConfigurationFault {
    fileprivate init(in crontab: Crontab, _ remark: Crontab.Remark) {
        self.init(path: crontab.path, line: remark.line, message: remark.message)
    }

    fileprivate init(nameTakenFrom task: TaskDefinition) {
        self.init(
            path: task.crontabLine?.file ?? "crontab",
            line: task.crontabLine?.number,
            message:
                "its task would be \(task.name), and almanac.toml has one of that name, which is the one that runs; "
                + "give that one another name"
        )
    }
}
