/// The table `[cron]`.
package struct CronSettings: Hashable, Sendable {
    /// A crontab that is run, or a folder of them.
    package struct Place: Hashable, Sendable {
        package enum Kind: Hashable, Sendable {
            /// One file.
            case file(Crontab.Owner)
            /// A folder of system crontabs, by the rules for `/etc/cron.d`.
            case systemFolder
            /// A folder in which each file is the crontab of the user that it is named after: `/var/spool/cron/crontabs`.
            case spool
        }

        /// Absolute.
        package var path: String
        package var kind: Kind

        package init(path: String, kind: Kind) {
            self.path = path
            self.kind = kind
        }
    }

    /// In the order of the configuration; empty where crontabs are not run.
    package var places: [Place]
    /// How many ended runs of a crontab's line are kept, what `[defaults]` says of it; nil for all.
    package var keepRuns: Int?
    /// How long an ended run of a crontab's line is kept; nil for ever.
    package var keepFor: Duration?

    /// `/etc/crontab`, `/etc/cron.d` and `/var/spool/cron/crontabs`: what cron runs.
    package static let standardPlaces = [
        Place(path: "/etc/crontab", kind: .file(.system)),
        Place(path: "/etc/cron.d", kind: .systemFolder),
        Place(path: "/var/spool/cron/crontabs", kind: .spool),
    ]

    package init(places: [Place] = [], keepRuns: Int? = nil, keepFor: Duration? = nil) {
        self.places = places
        self.keepRuns = keepRuns
        self.keepFor = keepFor
    }
}
