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

    /// `/etc/crontab`, `/etc/cron.d` and `/var/spool/cron/crontabs`: what cron runs.
    package static let standardPlaces = [
        Place(path: "/etc/crontab", kind: .file(.system)),
        Place(path: "/etc/cron.d", kind: .systemFolder),
        Place(path: "/var/spool/cron/crontabs", kind: .spool),
    ]

    package init(places: [Place] = []) {
        self.places = places
    }
}
