/// What the command line says to a daemon.
package struct DaemonOptions: Sendable {
    package var configPath: String
    package var dataPath: String
    /// `HOST:PORT` or `unix:PATH`; one or more.
    package var listen: [String]
    /// Whether runs get the controllers of the cgroup that is delegated to the daemon.
    package var enablesControllers: Bool
    /// The program that takes mails; cron has no other than this one either.
    package var sendmail: String

    package init(
        configPath: String,
        dataPath: String,
        listen: [String],
        enablesControllers: Bool = false,
        sendmail: String = "/usr/sbin/sendmail"
    ) {
        self.configPath = configPath
        self.dataPath = dataPath
        self.listen = listen
        self.enablesControllers = enablesControllers
        self.sendmail = sendmail
    }
}
