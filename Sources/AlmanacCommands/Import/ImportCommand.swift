import ArgumentParser

/// `almanac import`: what another scheduler runs, as text of `almanac.toml`.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Turn what another scheduler runs into text of almanac.toml.",
        subcommands: [ImportCronCommand.self, ImportSystemdCommand.self]
    )
}
