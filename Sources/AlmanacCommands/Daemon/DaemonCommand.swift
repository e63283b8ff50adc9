import AlmanacDaemon
import ArgumentParser
import Glibc

/// `almanac daemon`: schedules, keeps and serves.
struct DaemonCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "daemon",
        abstract: "Run the daemon in the foreground."
    )

    @OptionGroup var configuration: ConfigurationOptions

    @Option(
        help: ArgumentHelp(
            "The data folder; by default /var/lib/almanac for root, else ./.almanac.",
            valueName: "folder"
        ),
        completion: .directory
    )
    var data: String?

    @Option(
        help: ArgumentHelp(
            "An address to listen on, HOST:PORT or unix:PATH; may be given several times. By default 127.0.0.1:9477 and the Unix socket.",
            valueName: "address"
        )
    )
    var listen: [String] = []

    @Flag(
        help: ArgumentHelp(
            "Give runs the cpu, memory and pids controllers of the cgroup that is delegated to the daemon.",
            discussion:
                "For a systemd unit with Delegate=yes and ExecStopPost=-/usr/bin/almanac release-cgroup, as almanac.service is."
        )
    )
    var cgroupControllers = false

    /// For tests.
    @Option(help: .hidden)
    var sendmail = "/usr/sbin/sendmail"

    func run() throws {
        let options = options(environment: Machine.current().environment, userID: getuid())
        let status = runDaemon(options)
        if status != ExitStatus.success { throw CommandFailure.silent(status: status) }
    }

    /// The options with every default filled in.
    func options(environment: [String: String], userID: UInt32) -> DaemonOptions {
        let defaults = DefaultPaths(environment: environment, userID: userID, data: data)
        return DaemonOptions(
            configPath: configuration.config ?? defaults.config,
            dataPath: defaults.data,
            listen: listen.isEmpty ? ["127.0.0.1:9477", "unix:\(defaults.socket)"] : listen,
            enablesControllers: cgroupControllers,
            sendmail: sendmail
        )
    }
}
