package import AlmanacCalendar

extension ScheduleCursor {
    /// No task can have this name: the cursor is that of the `@reboot` lines of all crontabs.
    package static let bootName = "@reboot"

    /// Says that the first start of the daemon in a boot has been settled, and the `@reboot` lines with it.
    ///
    /// - Parameter bootID: the kernel's name for the time since the machine's start.
    package init(bootID: String, settledThrough: Timestamp) {
        self.init(taskName: Self.bootName, settledThrough: settledThrough, schedule: bootID)
    }

    /// The boot of which the first start has been settled; nil for the cursor of a task.
    package var bootID: String? { taskName == Self.bootName ? schedule : nil }
}
