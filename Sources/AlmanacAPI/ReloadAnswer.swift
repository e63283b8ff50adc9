/// The answer to a reload: what it has changed, or with `dry_run` what it would change.
package struct ReloadAnswer: WireObject {
    package static let schemaName = "ReloadOutputBody"

    /// A task that is another now.
    package struct Change: WireShape, Hashable {
        package static let schemaName = "ReloadTaskChange"

        package var name: String
        /// The keys that are different.
        package var reasons: [String]

        package init(name: String, reasons: [String]) {
            self.name = name
            self.reasons = reasons
        }
    }

    package var schema: String?
    /// Names of tasks, sorted.
    package var added: [String]
    package var removed: [String]
    package var changed: [Change]
    /// Settings that are different and take effect with the next start of the daemon; nil where there are none.
    package var needingRestart: [String]?
    /// What is wrong with crontabs, a line each, up to a bound; nil where nothing is.
    package var warnings: [String]?

    package init(
        added: [String],
        removed: [String],
        changed: [Change],
        needingRestart: [String]? = nil,
        warnings: [String]? = nil
    ) {
        self.added = added
        self.removed = removed
        self.changed = changed
        self.needingRestart = needingRestart
        self.warnings = warnings
    }

    package enum CodingKeys: String, CodingKey {
        case schema = "$schema"
        case added, removed, changed
        case needingRestart = "needing_restart"
        case warnings
    }
}

extension Problem {
    /// The `location` of a fault in the configuration's file, in the answer to a reload.
    package static let configurationLocation = "config"
}
