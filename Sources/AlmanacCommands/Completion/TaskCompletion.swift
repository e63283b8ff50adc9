import AlmanacAPI
import ArgumentParser
import Glibc

extension CompletionKind {
    /// The names of the daemon's tasks, asked for when they are wanted.
    static let tasks = CompletionKind.custom { words, _, _ in
        let names = TaskCompletion.names(for: words, on: .current())
        // For zsh a description follows after a colon.
        guard CompletionShell.requesting == .zsh else { return names }
        return names.map { $0.split(separator: ":", omittingEmptySubsequences: false).joined(separator: #"\:"#) }
    }
}

/// The names of tasks for a command line that is being typed.
enum TaskCompletion {
    /// Asks the daemon that the command line speaks of; nothing where it does not answer, for nobody asked for an error.
    static func names(for words: [String], on machine: Machine) -> [String] {
        guard let connection = try? ConnectionOptions.parse(arguments(in: words)),
            let address = try? connection.address(environment: machine.environment, userID: getuid())
        else { return [] }
        let tasks = try? waitForTask {
            try await DaemonClient.withClient(address) { try await $0.get(APIPath("tasks"), as: [TaskResource].self) }
        }
        return (tasks?.value ?? []).map(\.name)
    }

    /// The options that say where the daemon is, out of the words of a command line.
    static func arguments(in words: [String]) -> [String] {
        var result: [String] = []
        for (index, word) in words.enumerated() {
            if ConnectionOptions.names.contains(word), index + 1 < words.count {
                result += [word, words[index + 1]]
            } else if ConnectionOptions.names.contains(where: { word.hasPrefix("\($0)=") }) {
                result.append(word)
            }
        }
        return result
    }
}
