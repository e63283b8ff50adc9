package import AlmanacLinux
package import AlmanacModel
import AlmanacRunProtocol
import Glibc

/// Reads the logs that somebody follows, and notices when they grow, on a thread of its own.
///
/// One inotify(7) descriptor watches the folders of all runs that are followed; there is none while nobody follows. However
/// fast commands write, it is looked at 40 times a second at most.
package actor FollowedLogs: RunLogFollowing {
    private let dataFolder: String
    private let executor: PollingExecutor
    private var indexes = LineIndexes(limit: 64)
    private var watch: FolderWatch?
    private var watched: [Int32: Watched] = [:]
    private var lastToken: UInt64 = 0
    private let rest: Countdown
    private var isResting = false

    /// A folder, with those who want to know of it.
    private struct Watched {
        var callbacks: [UInt64: @Sendable () -> Void] = [:]
    }

    private static let restTime = Duration.milliseconds(25)
    /// How much is read at a time.
    private static let stretch = (lines: 500, bytes: 64 << 10)

    package init(dataFolder: String, executor: PollingExecutor) throws {
        self.dataFolder = dataFolder
        self.executor = executor
        rest = try Countdown()
        try executor.watch(rest.descriptor.number) { [weak self, rest] in
            rest.clear()
            self?.assumeIsolated { $0.lookAgain() }
        }
    }

    deinit {
        executor.unwatch(rest.descriptor.number)
        if let watch { executor.unwatch(watch.descriptor.number) }
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    // MARK: Reading

    package func logExtent(of run: Run) async throws -> RunLogExtent {
        let log = try LogParts.open(folder(of: run))
        let cut = try log.cut()
        return try indexes.withIndex(of: run.id, log, cut) { extent(cut, $0) }
    }

    package func logLines(of run: Run, from: Int, isFinal: Bool) async throws -> RunLogStretch {
        let log = try LogParts.open(folder(of: run))
        let cut = try log.cut()
        return try indexes.withIndex(of: run.id, log, cut) { index in
            let extent = extent(cut, index)
            // The line that numbers all others is on its way; whoever follows is called again when it is there.
            if log.isFreshlyCut, !isFinal { return RunLogStretch(lines: [], next: from, extent: extent) }
            let found = try log.lines(
                from: max(0, from - cut.droppedLines),
                limit: Self.stretch.lines,
                byteLimit: Self.stretch.bytes,
                &index
            )
            return RunLogStretch(
                lines: found.lines.map { RunLogLine($0, after: cut.droppedLines) },
                next: max(from, cut.droppedLines + found.next),
                extent: extent
            )
        }
    }

    private func extent(_ cut: LogCut, _ index: LineIndex) -> RunLogExtent {
        RunLogExtent(firstAvailable: cut.droppedLines, totalLines: cut.droppedLines + index.lineCount)
    }

    private func folder(of run: Run) -> RunFolder {
        RunFolder(dataFolder: dataFolder, taskName: run.taskName, runID: run.id.description)
    }

    // MARK: Noticing

    package func watchLog(of run: Run, whenChanged: @escaping @Sendable () -> Void) async throws -> RunLogWatch? {
        let watch = try self.watch ?? begin()
        let number: Int32
        do throws(SystemError) {
            number = try watch.add(folder(of: run).path, noticing: .writing)
        } catch {
            endIfUnused()
            if error.isAbsence { return nil }
            throw error
        }
        lastToken += 1
        let token = lastToken
        watched[number, default: Watched()].callbacks[token] = whenChanged
        return RunLogWatch { [weak self] in
            Task { [weak self] in await self?.forget(token, of: number, run.id) }
        }
    }

    private func begin() throws -> FolderWatch {
        let watch = try FolderWatch()
        self.watch = watch
        if !isResting { try look(at: watch) }
        return watch
    }

    private func look(at watch: FolderWatch) throws {
        try executor.watch(watch.descriptor.number) { [weak self] in
            self?.assumeIsolated { $0.noticed() }
        }
    }

    private func noticed() {
        guard let watch else { return }
        let events = watch.takeEvents()
        let names = events.filter { $0.name.hasPrefix("log") || $0.folder == -1 }
        let folders = names.contains { $0.folder == -1 } ? Set(watched.keys) : Set(names.map(\.folder))
        for folder in folders {
            for callback in watched[folder, default: Watched()].callbacks.values { callback() }
        }
        executor.unwatch(watch.descriptor.number)
        isResting = true
        rest.start(Self.restTime)
    }

    private func lookAgain() {
        isResting = false
        guard let watch else { return }
        do {
            try look(at: watch)
        } catch {
            preconditionFailure("the kernel refuses to watch a descriptor: \(error)")
        }
    }

    private func forget(_ token: UInt64, of folder: Int32, _ id: RunID) {
        watched[folder]?.callbacks[token] = nil
        guard watched[folder]?.callbacks.isEmpty == true else { return }
        watched[folder] = nil
        watch?.remove(folder)
        indexes.forget(id)
        endIfUnused()
    }

    private func endIfUnused() {
        guard watched.isEmpty, let watch else { return }
        if !isResting { executor.unwatch(watch.descriptor.number) }
        self.watch = nil
    }
}

extension SystemError {
    /// Whether a file or a folder is not there.
    fileprivate var isAbsence: Bool { errno == ENOENT }
}
