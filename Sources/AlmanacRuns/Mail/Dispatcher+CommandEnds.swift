import AlmanacLinux
import AlmanacModel
import AlmanacRunProtocol
import Glibc

/// The mails of cron's jobs that leave processes behind: cron tells of a job once its command has ended, and so while the run goes on.
extension Dispatcher {
    func commandEndPath(of id: RunID) -> String {
        "\(MailFolder.commandEnds(in: settings.dataFolder))/\(id)"
    }

    /// Where the supervisor of a run makes known that the command has ended; nil for a run whose mail waits for the run's end.
    ///
    /// cron tells of a job as soon as its command has ended, whatever that leaves behind.
    func commandEndPath(of run: Run, _ task: TaskDefinition) -> String? {
        guard task.settings.conventions == .cron, task.settings.mail?.on == .output, mails.stages[run.id] == .expected,
            watchCommandEnds()
        else { return nil }
        return commandEndPath(of: run.id)
    }

    /// - Returns: whether the ends of commands are noticed.
    @discardableResult
    private func watchCommandEnds() -> Bool {
        if mails.commandEnds != nil { return true }
        let path = MailFolder.commandEnds(in: settings.dataFolder)
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { return false }
        guard let watch = try? FolderWatch(), (try? watch.add(path)) != nil else { return false }
        do {
            try executor.watch(watch.descriptor.number) { [weak self, watch] in
                let names = watch.takeNames()
                self?.assumeIsolated { dispatcher in
                    for id in names.compactMap({ RunID($0) }) { dispatcher.commandEnded(id) }
                }
            }
        } catch {
            return false
        }
        mails.commandEnds = watch
        return true
    }

    /// Begins with the mail of a run that goes on after its command.
    func commandEnded(_ id: RunID) {
        guard unsafe access(commandEndPath(of: id), F_OK) == 0, !mails.commandsEnded.contains(id) else { return }
        guard let run = unfinished[id]?.run else {
            unsafe unlink(commandEndPath(of: id))
            return
        }
        mails.commandsEnded.insert(id)
        // One that has ended meanwhile is seen to as soon as that stands.
        guard run.state.end == nil, mails.stages[id] == .expected else { return }
        makeMail(ofUnfinished: run)
    }

    func makeMail(ofUnfinished run: Run) {
        let id = run.id
        let folder = mailFolder(of: id)
        if unsafe access(folder.run.specPath, F_OK) == 0 {
            // An earlier daemon has made the message.
            settleMail(id)
            return startSendmails()
        }
        folder.link(logOf: self.folder(of: run))
        // What cron tells of a job says nothing of how it ended.
        makeMail(of: run, RunEnd(reason: .success, exitCode: 0, at: clock.now, startedAt: clock.now))
    }

    /// Goes on with the mails of runs that go on after their commands.
    func resumeCommandEnds() {
        let names = MailFolder.names(in: MailFolder.commandEnds(in: settings.dataFolder))
        if names.isEmpty || !watchCommandEnds() { return }
        for id in names.compactMap({ RunID($0) }) { commandEnded(id) }
    }
}
