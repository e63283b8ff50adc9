import CLinux

/// How many descriptors a process may have open: RLIMIT_NOFILE.
package struct DescriptorLimit: Sendable {
    /// What the process was started with.
    package let inherited: UInt64
    /// What it keeps to now.
    package let present: UInt64

    /// Raises the limit of this process, as far as it may go without a privilege.
    ///
    /// What it starts inherits that: select(2) cannot take a descriptor above 1023, so that commands are given the inherited limit.
    ///
    /// - Parameter wanted: no more than this.
    package static func raise(to wanted: UInt64) -> DescriptorLimit {
        var (present, highest): (UInt64, UInt64) = (0, 0)
        guard unsafe clinux_get_descriptor_limit(&present, &highest) == 0 else {
            return DescriptorLimit(inherited: 1024, present: 1024)
        }
        let raised = min(wanted, highest)
        guard raised > present, clinux_set_descriptor_limit(raised, highest) == 0 else {
            return DescriptorLimit(inherited: present, present: present)
        }
        return DescriptorLimit(inherited: present, present: raised)
    }
}
