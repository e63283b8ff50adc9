/// Reads the configuration again, as the server sees it.
package protocol Reloading: Sendable {
    /// Puts the configuration as it is on disk in force: all of it, or nothing.
    ///
    /// Running runs finish on the definition that they were made under, and so do those that wait.
    ///
    /// - Throws: `ReloadRefusal`, or the store's error; the configuration in force stays as it is then.
    func reload() async throws -> ReloadReport

    /// Says what a reload would answer now, and changes nothing.
    ///
    /// - Throws: `ReloadRefusal` where the reload would be refused.
    func preview() async throws -> ReloadReport
}

/// What a reload has changed, or would change.
package struct ReloadReport: Hashable, Sendable {
    package struct Change: Hashable, Sendable {
        package var name: String
        /// The keys that are different now.
        package var reasons: [String]

        package init(name: String, reasons: [String]) {
            self.name = name
            self.reasons = reasons
        }
    }

    /// Names of tasks, sorted.
    package var added: [String]
    package var removed: [String]
    package var changed: [Change]
    /// Settings that are different now and take effect with the next start of the daemon: `[api] auth`.
    package var needingRestart: [String]
    /// What is wrong with crontabs, a line each: it refuses no reload.
    package var warnings: [String]

    package init(
        added: [String],
        removed: [String],
        changed: [Change],
        needingRestart: [String] = [],
        warnings: [String] = []
    ) {
        self.added = added
        self.removed = removed
        self.changed = changed
        self.needingRestart = needingRestart
        self.warnings = warnings
    }

    /// What makes another catalog of this one.
    package init(
        from old: [TaskDefinition],
        to new: [TaskDefinition],
        needingRestart: [String] = [],
        warnings: [String] = []
    ) {
        let before = Dictionary(old.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let after = Set(new.map(\.name))
        self.init(
            added: new.map(\.name).filter { before[$0] == nil }.sorted(),
            removed: before.keys.filter { !after.contains($0) }.sorted(),
            changed: new.compactMap { task in
                guard let reasons = before[task.name].map({ task.differences(from: $0) }), !reasons.isEmpty
                else { return nil }
                return Change(name: task.name, reasons: reasons)
            }.sorted { $0.name < $1.name },
            needingRestart: needingRestart,
            warnings: warnings
        )
    }
}

/// Why a configuration was not taken: its faults, a line each.
package struct ReloadRefusal: Error, Hashable, Sendable {
    package var faults: [String]

    package init(faults: [String]) {
        self.faults = faults
    }
}
