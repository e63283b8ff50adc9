import AlmanacAPI
import Glibc

/// What a daemon says of the file that a check is about.
enum ReloadPreview: Sendable {
    /// No daemon listens.
    case noDaemon
    /// The daemon does not say, for the reason given.
    case unknown(String)
    /// The daemon's file is another one, of that path.
    case otherFile(String)
    /// It would be put in force, with these changes.
    case changes(DaemonClient.Answer<ReloadAnswer>)
    /// It would be refused, for these faults.
    case refusal([String])

    /// Asks the daemon, if there is one.
    static func ask(socket: String, about path: String) async -> ReloadPreview {
        do {
            return try await DaemonClient.withClient(socket: socket) { try await ask($0, about: path) }
        } catch DaemonClientError.noDaemon {
            return .noDaemon
        } catch {
            return .unknown("\(error)")
        }
    }

    /// Asks which file the daemon reads, then, where it is this one, what a reload would do.
    static func ask(_ client: DaemonClient, about path: String) async throws -> ReloadPreview {
        let info: DaemonInfo = try await client.get(APIPath("info")).value
        // One of an earlier version does not know the question either.
        guard let daemonPath = info.configPath else { return .unknown("it is of version \(info.version)") }
        guard resolved(daemonPath) == resolved(path) else { return .otherFile(daemonPath) }
        switch try await ReloadCommand.reload(client, isDryRun: true) {
        case .done(let answer): return .changes(answer)
        case .refused(let problem): return .refusal(problem.configurationFaults)
        }
    }

    /// The path without links and dots; as it is where there is no such file.
    private static func resolved(_ path: String) -> String {
        guard let resolved = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }
}
