import AlmanacConfig
import AlmanacLinux
import AlmanacModel
import CLinux
import Glibc
import Logging
import Synchronization

/// Sees whether somebody else runs the crontabs that cron reads: cron itself, or another Almanac.
///
/// Nothing polls: the end of a process wakes it, and what happens to the pid file. A cron that has none is seen at the start
/// of the daemon, and when another has ended.
actor CronWatch {
    private let files: CronFiles
    private let executor: PollingExecutor
    private let folders: FolderWatch
    private let logger: Logger

    private var isFollowing = false
    private var cron: Int32?
    private var cronsEnd: ProcessHandle?
    private var claim: CrontabClaim?
    private var isClaimOurs = true
    private var observer: @Sendable () -> Void = {}
    private nonisolated let reason = Mutex<String?>(nil)

    init(files: CronFiles, executor: PollingExecutor, logger: Logger) throws(SystemError) {
        self.files = files
        self.executor = executor
        self.logger = logger
        folders = try FolderWatch()
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Why the crontabs that cron reads are not ours to run, as a clause; nil where they are.
    nonisolated var hold: String? { reason.withLock { $0 } }

    /// Has `observer` called whenever `hold` becomes another; on the scheduler's thread.
    func whenChanged(_ observer: @escaping @Sendable () -> Void) {
        self.observer = observer
    }

    /// Begins to watch where crontabs of these places are cron's too, and ends it where none are.
    ///
    /// - Returns: `hold`, as it is then.
    func follow(_ places: [CronSettings.Place]) -> String? {
        let concerns = CronSettings.haveCronsOwn(places)
        if concerns != isFollowing {
            isFollowing = concerns
            if concerns { begin() } else { end() }
        }
        _ = look()
        return hold
    }

    /// Watches no longer; what it holds stays held.
    func stop() {
        observer = {}
        executor.unwatch(folders.descriptor.number)
        if let cronsEnd { executor.unwatch(cronsEnd.descriptor.number) }
        cronsEnd = nil
    }

    // MARK: Beginning and ending

    private func begin() {
        for folder in Set(files.pidFiles.map { String($0[..<($0.lastIndex(of: "/") ?? $0.startIndex)]) }) {
            do throws(SystemError) {
                try folders.addNames(folder)
            } catch {
                guard error.errno != ENOENT else { continue }
                warn("a cron that starts will not be noticed: \(error)")
            }
        }
        let names = Set(
            files.pidFiles.map { String($0[($0.lastIndex(of: "/").map($0.index(after:)) ?? $0.startIndex)...]) }
        )
        do throws(SystemError) {
            try executor.watch(folders.descriptor.number) { [weak self, folders] in
                // The folder has much traffic that is none of ours; the pid file's own events have no name.
                let concerns = folders.takeEvents().contains { $0.name.isEmpty || names.contains($0.name) }
                if concerns { self?.assumeIsolated { $0.lookAgain() } }
            }
        } catch {
            warn("a cron that starts will not be noticed: \(error)")
        }
        watchPIDFiles()
        takeClaim()
    }

    /// A cron that starts writes the file that an earlier one has left, and does not close it.
    private func watchPIDFiles() {
        for file in files.pidFiles { _ = try? folders.addFile(file) }
    }

    private func end() {
        executor.unwatch(folders.descriptor.number)
        claim?.giveUp()
        claim = nil
        isClaimOurs = true
    }

    /// Only root runs the crontabs that are cron's.
    private func takeClaim() {
        guard geteuid() == 0 else { return }
        do throws(SystemError) {
            let claim = try CrontabClaim(path: files.claim)
            self.claim = claim
            isClaimOurs = claim.take()
            if isClaimOurs { return }
            claim.wait { [weak self] in
                Task { await self?.claimTaken(claim) }
            }
        } catch {
            warn("another Almanac that runs the same crontabs will not be noticed: \(error)")
        }
    }

    private func claimTaken(_ taken: CrontabClaim) {
        guard taken === claim else { return }
        isClaimOurs = true
        lookAgain()
    }

    // MARK: Looking

    private func lookAgain() {
        watchPIDFiles()
        if look() { observer() }
    }

    /// - Returns: whether `hold` has become another.
    private func look() -> Bool {
        findCron()
        let next: String? =
            if let cron {
                "cron is running (process \(cron))"
            } else if !isClaimOurs {
                "another Almanac runs the crontabs\(claim?.holder.map { " (process \($0))" } ?? "")"
            } else {
                nil
            }
        return reason.withLock { reason in
            defer { reason = next }
            return reason != next
        }
    }

    private func findCron() {
        var found: Int32?
        var handle: ProcessHandle?
        // A process that ends between being found and being held is looked for again.
        for _ in 0..<8 where isFollowing {
            found = CronProcess.find(pidFiles: files.pidFiles)
            guard let pid = found else { break }
            if pid == cron, let cronsEnd, !cronsEnd.hasEnded {
                handle = cronsEnd
                break
            }
            handle = try? ProcessHandle(pid: pid)
            if CronProcess.isCron(pid) { break }
            (found, handle) = (nil, nil)
        }
        cron = found
        guard handle?.descriptor !== cronsEnd?.descriptor else { return }
        if let cronsEnd { executor.unwatch(cronsEnd.descriptor.number) }
        cronsEnd = handle
        guard let handle else { return }
        try? executor.watch(handle.descriptor.number) { [weak self] in
            self?.assumeIsolated { $0.lookAgain() }
        }
    }

    private func warn(_ message: String) {
        logger.warning("\(message)", metadata: ["event": "\(LoggedEvent.crontabUnwatched)"])
    }
}
