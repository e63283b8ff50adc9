import ArgumentParser

/// `almanac service`: the daemon as a service of systemd.
struct ServiceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "service",
        abstract: "Set the daemon up as a service of systemd.",
        subcommands: [ServiceInstallCommand.self, ServiceUninstallCommand.self, ServiceStatusCommand.self]
    )
}
