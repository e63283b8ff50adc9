/// What a run's processes together may use; the kernel keeps it where the run has a cgroup with the controllers for it.
package struct ResourceLimits: Hashable, Sendable {
    /// Bytes of memory, 1 or more; the kernel ends processes of the run when it cannot be kept. `memory.max` of cgroups(7).
    package var memoryMax: Int64?
    /// The share of processor time among runs that want more than there is: 1 to 10000, where 100 is what a run without it has. `cpu.weight`.
    package var cpuWeight: Int64?
    /// How many processes and threads, 1 or more; the supervisor's own is not counted. `pids.max`.
    package var tasksMax: Int64?

    package init(memoryMax: Int64? = nil, cpuWeight: Int64? = nil, tasksMax: Int64? = nil) {
        self.memoryMax = memoryMax
        self.cpuWeight = cpuWeight
        self.tasksMax = tasksMax
    }

    package var isEmpty: Bool { self == ResourceLimits() }
}
