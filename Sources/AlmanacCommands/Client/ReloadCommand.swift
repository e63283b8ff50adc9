import AlmanacAPI
import ArgumentParser
import Glibc

/// `almanac reload`: puts the daemon's configuration file in force.
struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Make the daemon read its configuration file again, and print what has changed.",
        discussion: """
            It is all or nothing: with a fault in the file the configuration in force stays, every fault is printed, and the \
            exit code is 1. Runs that are active finish on the definition that they were made under.
            """
    )

    @OptionGroup var client: ClientOptions

    func run() throws {
        let outcome = try client.withDaemon(on: .current()) { try await Self.reload($0) }
        var output = OutputBuffer(descriptor: STDOUT_FILENO)
        switch outcome {
        case .done(let answer):
            if client.json {
                output.append(json: answer.json)
            } else {
                answer.value.write(to: &output)
                answer.value.tellWarnings()
            }
            try output.flush()
        case .refused(let problem):
            if client.json {
                output.append(json: try WireCoding.encode(problem))
                try output.flush()
            } else {
                tell(problem.configurationFaults.map(\.printable).joined(separator: "\n"))
            }
            throw CommandFailure.silent(status: ExitStatus.failure)
        }
    }

    enum Outcome: Sendable {
        case done(DaemonClient.Answer<ReloadAnswer>)
        /// The file has faults.
        case refused(Problem)
    }

    /// - Parameter isDryRun: whether the daemon only says what it would change.
    static func reload(_ client: DaemonClient, isDryRun: Bool = false) async throws -> Outcome {
        do {
            return .done(try await client.post(APIPath("reload").query("dry_run", isDryRun ? true : nil)))
        } catch DaemonClientError.refused(let problem) where !problem.configurationFaults.isEmpty {
            return .refused(problem)
        }
    }
}

extension Problem {
    /// The faults of the daemon's configuration file, a line each.
    var configurationFaults: [String] {
        (errors ?? []).filter { $0.location == Self.configurationLocation }.compactMap(\.message)
    }
}

extension ReloadAnswer {
    /// Tells on standard error what is wrong with crontabs, a line each.
    func tellWarnings() {
        guard let warnings, !warnings.isEmpty else { return }
        tell(warnings.map { "warning: \($0)".printable }.joined(separator: "\n"))
    }

    /// Writes what has changed, a line each.
    ///
    /// - Parameter nothing: the line where no task has changed.
    func write(to output: inout OutputBuffer, whenNothing nothing: String = "No task has changed.") {
        for name in added { output.appendLine("added    \(name.printable)") }
        for name in removed { output.appendLine("removed  \(name.printable)") }
        for change in changed {
            output.appendLine("changed  \(change.name.printable): \(change.reasons.joined(separator: ", ").printable)")
        }
        if added.isEmpty, removed.isEmpty, changed.isEmpty { output.appendLine(nothing) }
        for setting in needingRestart ?? [] {
            output.appendLine("\(setting.printable) takes effect with the daemon's next start")
        }
    }
}
