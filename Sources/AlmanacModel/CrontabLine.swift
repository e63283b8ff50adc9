/// The line of a crontab that a task is.
package struct CrontabLine: Hashable, Sendable {
    /// Absolute.
    package var file: String
    /// 1-based.
    package var number: Int

    package init(file: String, number: Int) {
        self.file = file
        self.number = number
    }
}

extension CrontabLine: CustomStringConvertible {
    /// `/etc/cron.d/sysstat:6`
    package var description: String { "\(file):\(number)" }
}
