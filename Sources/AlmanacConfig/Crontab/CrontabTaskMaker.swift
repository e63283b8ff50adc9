package import AlmanacCalendar
package import AlmanacModel

/// Makes tasks of the lines of crontabs: the same command at the same times for the same user as cron.
package struct CrontabTaskMaker: Sendable {
    private let zones: @Sendable (ZoneID) throws -> ZoneRules
    private let defaultZone: ZoneRules
    private let host: ConfigurationHost

    /// - Parameters:
    ///   - zones: looks up the rules of a zone that `CRON_TZ` names.
    ///   - defaultZone: the machine's zone, which cron goes by.
    package init(
        zones: @escaping @Sendable (ZoneID) throws -> ZoneRules,
        defaultZone: ZoneRules,
        host: ConfigurationHost
    ) {
        self.zones = zones
        self.defaultZone = defaultZone
        self.host = host
    }

    /// The tasks, sorted by name, and the lines of which no task can be made: those of a user that does not exist.
    package func tasks(of crontabs: [Crontab]) -> (tasks: [TaskDefinition], faults: [ConfigurationFault]) {
        ([], [])
    }
}
