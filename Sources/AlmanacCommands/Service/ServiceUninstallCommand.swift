import ArgumentParser
import Glibc

/// `almanac service uninstall`: stops the service and removes its files.
struct ServiceUninstallCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "uninstall",
        abstract: "Stop the service and remove what 'install' has written; configuration, data and drop-ins stay."
    )

    @Flag(help: "Your own service, instead of the system's.")
    var user = false

    @Flag(help: "Print a line of JSON for each step.")
    var json = false

    func run() throws {
        let systemd = try SystemdControl(isUser: user, environment: Machine.current().environment, userID: geteuid())
        guard user || geteuid() == 0 else {
            throw CommandFailure(
                "the system's service takes root to uninstall: sudo almanac service uninstall; --user is for your own"
            )
        }
        let variant = user ? ServiceVariant.user : .system
        try ServiceInstallation(
            variant: variant,
            program: "/usr/bin/almanac",
            systemd: systemd,
            report: StepReport(json: json)
        )
        .uninstall()
    }
}
