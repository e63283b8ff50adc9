import AlmanacLinux
import AlmanacModel
import AlmanacRunProtocol
import Glibc
import Logging

/// The runs that go on with nobody to notice their end, for want of a descriptor, and when they are tried again.
struct UnwatchedRuns {
    /// What is to be done as soon as it can be done.
    enum Purpose {
        /// Find out, after the daemon's start, what has become of the run, and whether its task is still there.
        case recovering(isConfigured: Bool)
        /// Find out what has become of a run that has been started, and wait for its supervisor.
        case settling
        /// Wait for a supervisor that this daemon has started, a child that has not been reaped.
        case spawned(Int32)
    }

    static let wait: (first: Duration, longest: Duration) = (.milliseconds(100), .seconds(30))

    private var purposes: [RunID: Purpose] = [:]
    /// How long to wait before they are tried again, where nothing is heard of a descriptor that is free.
    private(set) var wait = Self.wait.first

    var isEmpty: Bool { purposes.isEmpty }
    var all: [(id: RunID, purpose: Purpose)] { purposes.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 } }

    subscript(id: RunID) -> Purpose? {
        get { purposes[id] }
        set {
            purposes[id] = newValue
            if purposes.isEmpty { wait = Self.wait.first }
        }
    }

    mutating func waitLonger() {
        wait = min(wait * 2, Self.wait.longest)
    }
}

extension Dispatcher {
    /// Keeps a run in mind that cannot be watched now. The timer that has it tried again runs only while there is one.
    func leaveUnwatched(_ run: Run, _ purpose: UnwatchedRuns.Purpose, _ error: any Error) {
        if unwatched[run.id] == nil {
            logger.log(.supervisorLost, of: run, .error, "its end cannot be waited for: \(error); trying again")
        }
        if unwatched.isEmpty { unwatchedTimer.start(unwatched.wait) }
        unwatched[run.id] = purpose
    }

    /// Tries again, as a descriptor has been freed or some time has passed; the first one that fails stops it.
    func watchUnwatched() {
        for (id, purpose) in unwatched.all {
            guard let (run, task) = unfinished[id].map({ ($0.run, $0.task) }), run.state.end == nil else {
                unwatched[id] = nil
                continue
            }
            switch purpose {
            case .recovering(let isConfigured):
                lanes.remove(id, ofTask: run.taskName)
                recover(run, task, isConfigured: isConfigured)
                startWaiting(ofTask: run.taskName)
            case .settling: settle(run)
            case .spawned(let pid): watchSpawned(run, pid)
            }
            if unwatched[id] != nil { return }
            logger.log(.supervisorWatchedAgain, of: run, .notice, "its end is waited for again")
        }
    }

    /// Tries again after a while, and again ever later.
    func unwatchedTimerFired() {
        watchUnwatched()
        noteProcessGone()
        guard !unwatched.isEmpty else { return }
        unwatched.waitLonger()
        unwatchedTimer.start(unwatched.wait)
    }

    /// Waits for a supervisor that this daemon has just started; its number is good, for nobody else reaps it.
    func watchSpawned(_ run: Run, _ pid: Int32) {
        do {
            try watch(ProcessHandle(pid: pid), of: run.id)
        } catch {
            return leaveUnwatched(run, .spawned(pid), error)
        }
        if closing == .stoppingRuns { askToStopWithDaemon(run) }
    }
}

extension RunFileError {
    /// Whether the call has failed for want of something that will be there again, whatever the file is.
    var isShortage: Bool { [EMFILE, ENFILE, ENOMEM].contains(errno) }
}
