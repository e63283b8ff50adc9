import ArgumentParser

/// Lets the options that say where the daemon is stand before the subcommand too: `almanac --url https://host:9477 run backup`.
enum LeadingOptions {
    /// The arguments with such options moved to behind the subcommand; as they are where there is none.
    ///
    /// A subcommand that has no such option refuses it there.
    static func moved(_ arguments: [String], below root: any ParsableCommand.Type = AlmanacCommand.self) -> [String] {
        var path: [String] = []
        var options: [String] = []
        var subcommands = root.configuration.subcommands
        var rest = arguments[...]
        while let word = rest.first {
            if ConnectionOptions.names.contains(word) {
                options += rest.prefix(2)
                rest = rest.dropFirst(2)
            } else if ConnectionOptions.names.contains(where: { word.hasPrefix("\($0)=") }) {
                options.append(rest.removeFirst())
            } else if let command = subcommands.first(where: { $0.configuration.commandName == word }) {
                path.append(rest.removeFirst())
                subcommands = command.configuration.subcommands
            } else {
                break
            }
        }
        return path.isEmpty ? arguments : path + options + rest
    }
}
