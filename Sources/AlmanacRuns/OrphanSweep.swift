import AlmanacLinux
import AlmanacModel
import AlmanacRunProtocol
import Glibc
import Synchronization

/// Kills what runs have left behind whose supervisors are gone, and tells when nothing of it lives any more.
///
/// Only processes that carry a run's id, that its mark covers or its cgroup holds, and their descendants, are touched. A thread does it that is there only while there
/// is something to end, for looking at all processes of the machine takes its time.
final class OrphanSweep: Sendable {
    enum News: Sendable {
        /// Nothing of the run lives any more; so many of its processes have been killed.
        case gone(killed: Int)
        /// These processes were killed a while ago and have not gone yet. Told once; `gone` follows.
        case lingering([Int32])
        /// This process may not be killed, for the reason given, and is left alone.
        case spared(Int32, SystemError)
    }

    /// A run whose processes are to be ended, and what they are known by beside its id.
    struct Target: Sendable {
        var id: RunID
        var mark: RunMark?
        var controlGroup: RunControlGroup?
    }

    private struct Work {
        var waiting: [Target] = []
        var isRunning = false
    }

    private let work = Mutex(Work())
    private let tell: @Sendable (RunID, News) -> Void

    /// - Parameter tell: called on a thread of the sweep's own.
    init(tell: @escaping @Sendable (RunID, News) -> Void) {
        self.tell = tell
    }

    /// Begins with a run; `tell` gets `gone` at the end of it.
    func begin(_ target: Target) {
        let mustStart = work.withLock { work in
            work.waiting.append(target)
            defer { work.isRunning = true }
            return !work.isRunning
        }
        if mustStart { startThread(name: "orphans") { [self] in run() } }
    }

    private func run() {
        var searches: [RunID: Search] = [:]
        while true {
            let isDone = work.withLock { work in
                for target in work.waiting { searches[target.id] = Search(target) }
                work.waiting = []
                if searches.isEmpty { work.isRunning = false }
                return searches.isEmpty
            }
            if isDone { return }
            let found = Self.find(searches.values.map(\.target))
            var killed: [ProcessHandle] = []
            for id in Array(searches.keys) {
                guard var search = searches[id] else { continue }
                killed += search.look(at: found[id.description] ?? [], tell)
                searches[id] = search.isOver ? nil : search
                if search.isOver { tell(id, .gone(killed: search.killedCount)) }
            }
            let pause = searches.values.map(\.pauseMilliseconds).min() ?? 0
            if pause > 0 { Self.wait(for: killed, milliseconds: pause) }
        }
    }

    private static func find(_ targets: [Target]) -> [String: [ProcessStatus]] {
        var marks: [String: RunMark] = [:]
        var groups: [String: RunControlGroup] = [:]
        for target in targets {
            marks[target.id.description] = target.mark
            groups[target.id.description] = target.controlGroup
        }
        return RunProcesses.find(Set(targets.map(\.id.description)), marks: marks, groups: groups)
    }

    /// Waits until all of the processes have ended, or the time is up.
    private static func wait(for processes: [ProcessHandle], milliseconds: Int64) {
        let deadline = SystemClock.monotonicNanoseconds() + milliseconds * 1_000_000
        var polls = processes.map { pollfd(fd: $0.descriptor.number, events: Int16(POLLIN), revents: 0) }
        while true {
            let rest = (deadline - SystemClock.monotonicNanoseconds()) / 1_000_000
            guard rest > 0 else { return }
            let count = unsafe poll(&polls, nfds_t(polls.count), Int32(rest))
            if count == 0 { return }
            polls.removeAll { $0.revents != 0 }
            if polls.isEmpty { return }
        }
    }
}

/// What is known of the processes of one run while they are being ended.
private struct Search {
    /// One that forks and ends just as it is looked at hides its child from that look.
    private static let looksWithoutAny = 2
    private static let pause: (first: Int64, longest: Int64) = (10, 1000)
    private static let roundsBeforeLingering = 8
    /// How many descriptors it takes to wait for those that were killed.
    private static let heldLimit = 16

    let target: OrphanSweep.Target
    private var killed: Set<ProcessStatus> = []
    private var spared: Set<ProcessStatus> = []
    private var emptyLooks = 0
    private var rounds = 0
    /// How long those that were killed have before the next look.
    private(set) var pauseMilliseconds: Int64 = 0

    init(_ target: OrphanSweep.Target) {
        self.target = target
    }

    private var id: RunID { target.id }

    var isOver: Bool { emptyLooks >= Self.looksWithoutAny }
    var killedCount: Int { killed.count }

    /// Kills the processes that were found, and answers handles of some of them.
    mutating func look(at found: [ProcessStatus], _ tell: (RunID, OrphanSweep.News) -> Void) -> [ProcessHandle] {
        let living = found.filter { !spared.contains($0.identity) }
        guard !living.isEmpty else {
            emptyLooks += 1
            pauseMilliseconds = 0
            return []
        }
        emptyLooks = 0
        rounds += 1
        pauseMilliseconds = min(max(pauseMilliseconds * 2, Self.pause.first), Self.pause.longest)
        if rounds == Self.roundsBeforeLingering { tell(id, .lingering(living.map(\.pid))) }
        var held: [ProcessHandle] = []
        for process in living {
            do {
                let handle = try ProcessHandle(pid: process.pid)
                // The handle is of whoever had the number when it was made: was it still the one that was found?
                guard ProcessStatus.current(of: process.pid)?.startTime == process.startTime else { continue }
                try handle.send(signal: SIGKILL)
                killed.insert(process.identity)
                if held.count < Self.heldLimit { held.append(handle) }
            } catch {
                // Another error: it has gone, or there is no descriptor to be had. The next look tells.
                if error.errno == EPERM, spared.insert(process.identity).inserted {
                    tell(id, .spared(process.pid, error))
                }
            }
        }
        return held
    }
}
