import AlmanacAPI
import AlmanacModel
import Synchronization

/// The log of one run, for all who follow it.
final class LogFeed: Sendable {
    private enum Watching {
        case notYet
        /// Underway; `again` where there has been reason to try once more meanwhile.
        case beginning(again: Bool)
        case watching(RunLogWatch)
        case over
    }

    private struct State {
        var watching = Watching.notYet
        var hasEnded: Bool
        var hasBegun = false
        var waitForEnd: Task<Void, Never>?
    }

    let feed: EventFeed
    let run: Run
    private let following: any RunLogFollowing
    private let control: any RunControl
    /// Fires once the log is whole, so that what is read from then on is all there is.
    private let isComplete = OneShotSignal()
    private let state: Mutex<State>

    init(_ run: Run, following: any RunLogFollowing, control: any RunControl, _ pace: StreamPace) {
        self.run = run
        self.following = following
        self.control = control
        state = Mutex(State(hasEnded: run.state.end != nil))
        if run.state.end != nil { isComplete.fire() }
        feed = EventFeed(pace) { [following, isComplete] position in
            // No log is that long.
            guard position < Int64(1) << 62 else { return nil }
            let stretch = try await following.logLines(of: run, from: Int(position) + 1, isFinal: isComplete.hasFired)
            return try EventBatch(stretch, after: position)
        }
    }

    /// Whether no more lines can come.
    var hasEnded: Bool { state.withLock(\.hasEnded) }

    /// Begins to look for lines and for the run's end, if that has not begun.
    func begin() {
        let isFirst = state.withLock { state in
            defer { state.hasBegun = true }
            return !state.hasBegun && !state.hasEnded
        }
        guard isFirst else { return }
        let wait = Task { [self] in
            // Where there is no such run any more, no line will come either.
            _ = try? await control.end(of: run.id)
            end()
        }
        state.withLock { $0.waitForEnd = wait }
        watchIfUnwatched()
    }

    /// Looks whether the log can be watched by now.
    func watchIfUnwatched() {
        let (isUnwatched, begins) = state.withLock { state in
            guard !state.hasEnded else { return (false, false) }
            switch state.watching {
            case .notYet:
                state.watching = .beginning(again: false)
                return (true, true)
            case .beginning:
                state.watching = .beginning(again: true)
                return (true, false)
            case .watching, .over: return (false, false)
            }
        }
        // Nobody tells of what comes into it: those who look for themselves now and then are to find it.
        if isUnwatched { feed.outdate() }
        if begins { Task { await watch() } }
    }

    private func watch() async {
        while true {
            let watch = try? await following.watchLog(of: run) { [weak self] in self?.feed.tell() }
            let (goesOn, unwanted): (Bool, RunLogWatch?) = state.withLock { state in
                switch (state.watching, watch) {
                case (.beginning, .some(let watch)):
                    state.watching = .watching(watch)
                    return (false, nil)
                case (.beginning(again: true), nil):
                    state.watching = .beginning(again: false)
                    return (true, nil)
                case (.beginning(again: false), nil):
                    state.watching = .notYet
                    return (false, nil)
                case (.notYet, _), (.watching, _), (.over, _): return (false, watch)
                }
            }
            unwanted?.cancel()
            if goesOn { continue }
            // What has come before it is there by now.
            if watch != nil { feed.tell() }
            return
        }
    }

    private func end() {
        isComplete.fire()
        // Nobody who sees the end is given what was read before it.
        feed.outdate()
        state.withLock { $0.hasEnded = true }
        stopWatching()
        feed.tell()
    }

    /// Gives up: nobody follows any more.
    func close() {
        state.withLock { state in
            defer { state.waitForEnd = nil }
            return state.waitForEnd
        }?.cancel()
        stopWatching()
    }

    private func stopWatching() {
        let watch: RunLogWatch? = state.withLock { state in
            defer { state.watching = .over }
            guard case .watching(let watch) = state.watching else { return nil }
            return watch
        }
        watch?.cancel()
    }
}

extension EventBatch {
    /// - Returns: nil for a stretch with nothing after the position.
    fileprivate init?(_ stretch: RunLogStretch, after position: Int64) throws {
        let last = Int64(stretch.next) - 1
        guard last > position else { return nil }
        self.init(
            after: position,
            firstAvailable: Int64(stretch.extent.firstAvailable),
            reachesEnd: stretch.next >= stretch.extent.totalLines
        )
        for line in stretch.lines where Int64(line.number) > position {
            try append(Int64(line.number), "line", LogLineSSEEvent(LogLine(line)))
        }
        advance(to: last)
    }
}
