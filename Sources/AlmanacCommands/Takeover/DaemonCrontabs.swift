import AlmanacAPI
import AlmanacConfig
import Glibc

/// The lines of cron's own crontabs that the daemon has, as its API tells them.
struct DaemonCrontabs {
    /// By the task's name: why it is held, nil where it is not.
    let holds: [String: String?]

    /// Asks the daemon; nil where none answers.
    static func ask(socket: String) -> DaemonCrontabs? {
        let tasks = try? waitForTask {
            try await DaemonClient.withClient(socket: socket) {
                try await $0.get(APIPath("tasks"), as: [TaskResource].self)
            }
        }
        guard let tasks = tasks?.value else { return nil }
        return DaemonCrontabs(
            holds: Dictionary(
                tasks.filter { isCrons($0.crontabFile ?? "") }.map { ($0.name, $0.held) },
                uniquingKeysWith: { first, _ in first }
            )
        )
    }

    /// Whether cron itself reads a file; the daemon may run others beside them, which it does not hold.
    private static func isCrons(_ file: String) -> Bool {
        CronSettings.standardPlaces.contains { file == $0.path || file.hasPrefix("\($0.path)/") }
    }

    /// Asks again and again, five times a second, until the answer is as wanted.
    ///
    /// - Returns: the last answer, and whether it was as wanted before the time was over.
    static func wait(
        socket: String,
        seconds: Int,
        until isWanted: (DaemonCrontabs) -> Bool
    ) -> (last: DaemonCrontabs?, isReached: Bool) {
        var last: DaemonCrontabs?
        for attempt in 0...(seconds * 5) {
            if attempt > 0 { usleep(200_000) }
            guard let answer = ask(socket: socket) else { continue }
            last = answer
            if isWanted(answer) { return (answer, true) }
        }
        return (last, false)
    }

    /// Whether all of these lines are there, held or not.
    func has(_ names: Set<String>) -> Bool { names.allSatisfy { holds[$0] != nil } }

    /// Whether all of these lines are there, and none is held.
    func runs(_ names: Set<String>) -> Bool { has(names) && !isHeldAnywhere }

    var isHeldAnywhere: Bool { holds.values.contains { $0 != nil } }

    /// Whether each line is held, if there are any.
    var isHeldEverywhere: Bool { holds.values.allSatisfy { $0 != nil } }
}
