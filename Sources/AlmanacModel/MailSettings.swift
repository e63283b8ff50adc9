/// Who is told of a task's runs by mail, and when.
package struct MailSettings: Hashable, Sendable {
    /// The ends of runs that are told, the key `mail_on`. Those that started no command (skipped, missed, ...) never are.
    package enum Occasion: String, Sendable, CaseIterable {
        /// The command has printed something, as cron has it.
        case output
        /// The run has failed, whatever it printed: every end but success, a stop by somebody and the daemon's own.
        case failure
        /// Every run.
        case always
    }

    /// The addresses, separated by commas; printable ASCII without blanks, never empty, and not beginning with `-`.
    package var to: String
    /// The sender in the header; nil for `root (Cron Daemon)` under cron's conventions and `Almanac` otherwise.
    package var from: String?
    package var on: Occasion
    /// The header Content-Type, crontab's `CONTENT_TYPE`; nil for plain text in the daemon's charset.
    package var contentType: String?
    /// The header Content-Transfer-Encoding, crontab's `CONTENT_TRANSFER_ENCODING`; nil for `8bit`.
    package var contentTransferEncoding: String?
    /// What the headers X-Cron-Env show, each `NAME=VALUE`, in cron's order; empty for a task that is no line of a crontab.
    package var cronEnvironment: [String]

    package init(
        to: String,
        from: String? = nil,
        on: Occasion = .output,
        contentType: String? = nil,
        contentTransferEncoding: String? = nil,
        cronEnvironment: [String] = []
    ) {
        self.to = to
        self.from = from
        self.on = on
        self.contentType = contentType
        self.contentTransferEncoding = contentTransferEncoding
        self.cronEnvironment = cronEnvironment
    }
}
