/// What the processes of one run together may use. Nil for no limit.
package struct CommandLimits: Hashable, Sendable {
    /// In bytes, 1 or more.
    package var memoryMax: Int64?
    /// The share of processor time, 1 to 10000; a run without it counts as 100.
    package var cpuWeight: Int?
    /// Processes and threads, 1 or more.
    package var tasksMax: Int?

    package init(memoryMax: Int64? = nil, cpuWeight: Int? = nil, tasksMax: Int? = nil) {
        self.memoryMax = memoryMax
        self.cpuWeight = cpuWeight
        self.tasksMax = tasksMax
    }

    /// The keys that are set, as the configuration names them, with the controller of cgroups(7) that keeps each.
    package var controllers: [(key: String, controller: String)] {
        [
            ("memory_max", "memory", memoryMax != nil), ("cpu_weight", "cpu", cpuWeight != nil),
            ("tasks_max", "pids", tasksMax != nil),
        ].filter(\.2).map { ($0.0, $0.1) }
    }
}
