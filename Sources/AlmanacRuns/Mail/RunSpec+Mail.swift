import AlmanacModel
import AlmanacRunProtocol

extension RunSpec {
    /// What the supervisor of sendmail is told: the message on its standard input, as the job's user, in the job's home folder.
    ///
    /// - Parameters:
    ///   - program: sendmail's path.
    ///   - environment: the daemon's own.
    init(sendmail program: String, _ envelope: MailEnvelope, in folder: MailFolder, environment: [String: String]) {
        var variables = environment.filter { !CommandEnvironment.daemonVariables.contains($0.key) }
        variables["HOME"] = envelope.home
        variables["USER"] = envelope.userName
        variables["LOGNAME"] = envelope.userName
        self.init(
            runID: envelope.runID,
            taskName: envelope.taskName,
            argv: ([program] + Self.arguments(envelope)).map { ByteString($0) },
            environment: variables.sorted { $0.key < $1.key }.map { ByteString("\($0.key)=\($0.value)") },
            workingDirectory: ByteString(Self.folder(envelope)),
            fallbackDirectory: envelope.conventions == .cron ? "/var/spool/cron" : "/",
            identity: envelope.identity,
            standardInputPath: folder.messagePath,
            mergesErrors: true,
            // A mailer may deliver in the background.
            descendants: .leave,
            timeoutMilliseconds: Self.sendmailMilliseconds,
            logLimit: LogLimit(maxBytes: 64 << 10, policy: .dropOld)
        )
    }

    /// How long sendmail may take, in milliseconds: ten minutes.
    static var sendmailMilliseconds: Int64 { 600_000 }

    /// Where sendmail is run: under cron's conventions in the job's HOME, which a crontab may set, else in the user's own.
    private static func folder(_ envelope: MailEnvelope) -> String {
        let setting = envelope.mail.cronEnvironment.last { envelope.conventions == .cron && $0.hasPrefix("HOME=") }
        return setting.map { String($0.dropFirst("HOME=".count)) } ?? envelope.home
    }

    /// cron's own arguments; all addresses are one of them there.
    private static func arguments(_ envelope: MailEnvelope) -> [String] {
        switch envelope.conventions {
        case .cron: ["-FCronDaemon", "-i", "-B8BITMIME", "-oem", envelope.mail.to]
        case .almanac:
            ["-FAlmanac", "-i", "-B8BITMIME", "-oem"] + envelope.mail.to.split(separator: ",").map(String.init)
        }
    }
}
