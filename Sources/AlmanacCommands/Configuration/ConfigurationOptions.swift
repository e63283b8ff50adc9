import AlmanacConfig
import AlmanacDaemon
import AlmanacModel
import ArgumentParser
import Glibc

/// Which configuration file a command reads.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The configuration file; by default /etc/almanac/almanac.toml for root, else ./almanac.toml.",
            valueName: "file"
        ),
        completion: .file(extensions: ["toml"])
    )
    var config: String?

    /// The file's path.
    func path(on machine: Machine) -> String {
        config ?? DefaultPaths(environment: machine.environment, userID: getuid()).config
    }

    /// Reads the file, with every fault in the failure.
    func read(on machine: Machine) throws(CommandFailure) -> Configuration {
        do {
            return try ConfigurationReader(machine).read(path: path(on: machine))
        } catch {
            throw CommandFailure(error.description)
        }
    }
}

extension ConfigurationReader {
    /// A reader that finds zones where the machine has them.
    init(_ machine: Machine) {
        self.init(
            zones: machine.zones.rules,
            systemZone: machine.zones.system,
            host: ConfigurationHost(processWith: machine.environment),
            certificateFault: Self.certificateFault
        )
    }
}

extension CrontabReading {
    /// The crontabs that a configuration names, as they are on this machine.
    init(of configuration: Configuration, on machine: Machine) {
        self.init(
            of: configuration.cron,
            beside: Set(configuration.tasks.map(\.name)),
            zones: machine.zones.rules,
            machineZone: machine.zones.systemRules,
            host: ConfigurationHost(processWith: machine.environment)
        )
    }
}
