import AlmanacCalendar
import AlmanacConfig
import AlmanacModel
import AlmanacRunProtocol
import AlmanacStore
import Logging

extension Daemon {
    /// Forgets how far tasks of crontabs were settled before cron was last started: what has come since was cron's to run.
    ///
    /// A daemon that was there would have held them. Without this, what cron has run within grace would run again.
    func forgetFirings(runByCron cronFiles: CronFiles, _ catalog: Catalog, _ cursors: [ScheduleCursor]) async throws {
        guard let start = CronProcess.lastStart(pidFiles: cronFiles.pidFiles) else { return }
        let files = catalog.tasks.cronsOwnFiles
        if files.isEmpty { return }
        let settled = cursors.filter { cursor in
            cursor.settledThrough < Timestamp(secondsSinceEpoch: start)
                && catalog.task(named: cursor.taskName)?.crontabLine.map { files.contains($0.file) } == true
        }
        if settled.isEmpty { return }
        let names = Set(cursors.map(\.taskName)).subtracting(settled.map(\.taskName))
        try await resources.store.removeCursors(ofTasksOtherThan: names)
    }

    /// Runs the `@reboot` lines of crontabs, at the first start in a boot.
    func runRebootLines(
        _ catalog: Catalog,
        _ factory: any RunMaking,
        except paused: Set<String>,
        _ cursors: [ScheduleCursor],
        _ hold: String?,
        _ files: CronFiles
    ) async throws {
        guard let bootID = RunStarted.currentBootID else { return }
        let lines = RebootLines(
            fingerprint: resources.dataFolder.fingerprint,
            bootID: bootID,
            markPath: files.rebootMark
        )
        if lines.areSettled(by: cursors) { return }
        if CronSettings.haveCronsOwn(resources.configuration.cron.places), hold == nil, lines.mark == nil {
            do {
                try lines.makeMark()
            } catch {
                logger.warning(
                    "a cron that is started before the next boot will run the @reboot lines again: \(error)",
                    metadata: ["event": "\(LoggedEvent.crontabWarning)"]
                )
            }
        }
        let requests = lines.tasksToRun(of: catalog.tasks, mark: lines.mark, hold: hold)
            .filter { !paused.contains($0.name) }
            .map { RunRequest(task: $0, trigger: .startup) }
        _ = try await factory.makeRuns(requests, moving: [lines.cursor(at: clock.now.timestamp)])
        if requests.isEmpty { return }
        logger.notice(
            "first start since the machine's: \(requests.count) @reboot \(requests.count == 1 ? "line" : "lines") run",
            metadata: ["event": "\(LoggedEvent.rebootLinesRun)", "count": "\(requests.count)"]
        )
    }
}
