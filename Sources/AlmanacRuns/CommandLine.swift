import AlmanacModel

/// The program and the arguments of a run's command.
struct CommandLine {
    private(set) var arguments: [String]

    /// - Parameters:
    ///   - shell: the program.
    ///   - stopsAtErrors: whether one that takes `-e` gets it.
    init(_ run: Run, of task: TaskDefinition, shell: String, stopsAtErrors: Bool) {
        let isPOSIX = shell.split(separator: "/").last.map { Self.posixShells.contains(String($0)) } ?? false
        var values: [String] = []
        for parameter in task.parameters {
            guard let value = run.params[parameter.key] else { continue }
            switch parameter.kind {
            case .env: break
            case .arg: values.append(value)
            case .option: values += [parameter.key, value]
            case .flag: if value == "true" { values.append(parameter.key) }
            }
        }
        var command = task.command
        if isPOSIX && task.parameters.contains(where: { $0.kind != .env }) && !Self.usesArguments(command) {
            // The values themselves are arguments of the shell; its text only passes them on.
            while command.last?.isWhitespace == true { command.removeLast() }
            command += " \"$@\""
        }
        arguments = [shell] + (isPOSIX && stopsAtErrors ? ["-e", "-c"] : ["-c"]) + [command]
        if !values.isEmpty { arguments += (isPOSIX ? [task.name] : []) + values }
    }

    /// Whether a shell text says for itself where its arguments go.
    private static func usesArguments(_ text: String) -> Bool {
        var previous: Character = " "
        var beforePrevious: Character = " "
        for character in text {
            let isArgument = character == "@" || character == "*" || character == "#" || ("1"..."9").contains(character)
            if isArgument && (previous == "$" || (previous == "{" && beforePrevious == "$")) { return true }
            beforePrevious = previous
            previous = character
        }
        return false
    }

    /// The shells that take `-e -c`.
    private static let posixShells: Set = ["sh", "bash", "dash", "ash", "busybox", "ksh", "mksh", "zsh", "yash"]
}
