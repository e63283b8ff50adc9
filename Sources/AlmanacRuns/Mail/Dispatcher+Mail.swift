import AlmanacLinux
import AlmanacModel
import AlmanacRunProtocol
import Glibc
import Logging

/// The way of a mail: its envelope is written when the run starts, its message once the run's end stands, and sendmail is run by
/// `almanac-run` in the mail's folder, which goes when sendmail has ended.
///
/// A daemon that dies anywhere on it is followed by one that goes on from what is in the folder. Only where the supervisor
/// of sendmail dies without a result is sendmail started again, though it may have taken the message.
extension Dispatcher {
    func mailFolder(of id: RunID) -> MailFolder {
        MailFolder(dataFolder: settings.dataFolder, runID: id.description)
    }

    /// Takes down whom a run's end is told, before it starts.
    func expectMail(of run: Run, _ task: TaskDefinition) {
        guard let mail = task.settings.mail, mails.stages[run.id] == nil else { return }
        let folder = mailFolder(of: run.id)
        do {
            try folder.run.create()
            try MailEnvelope(run, of: task, mail: mail, login: settings.login).write(
                in: folder.run,
                durability: .atomic
            )
            mails.stages[run.id] = .expected
        } catch {
            // It is tried again at the end of the run.
            logger.log(.mailFailed, of: run, .error, "what its mail needs cannot be taken down: \(error)")
        }
    }

    /// Begins with the mail of a run whose end stands; to be called before its log may be removed.
    func beginMail(of run: Run, _ task: TaskDefinition?) {
        if mails.commandsEnded.remove(run.id) != nil {
            unsafe unlink(commandEndPath(of: run.id))
            // Its mail is on its way or has been sent, unless both ends have come at once.
            guard mails.stages[run.id] == .expected else { return }
        }
        guard let end = run.state.end, !end.reason.precludesStart else { return }
        if mails.stages[run.id] == nil, let task { expectMail(of: run, task) }
        guard mails.stages[run.id] == .expected else { return }
        // Nearly all runs of cron's are silent: no thread for those.
        if end.logBytes == 0, end.reason != .startFailed,
            let envelope = try? MailEnvelope.read(in: mailFolder(of: run.id).run), envelope.mail.on == .output
        {
            return discardMail(of: run)
        }
        mailFolder(of: run.id).link(logOf: folder(of: run))
        makeMail(of: run, end)
        for id in mails.stuck where id != run.id { Task { await resumeMail(id) } }
    }

    // MARK: Messages

    func makeMail(of run: Run, _ end: RunEnd) {
        let folder = mailFolder(of: run.id)
        guard let envelope = try? MailEnvelope.read(in: folder.run) else { return discardMail(of: run) }
        mails.stages[run.id] = .making
        mailMaker.make(
            MailMaker.Order(
                run: run,
                end: end,
                logFolder: self.folder(of: run),
                mailFolder: folder,
                envelope: envelope
            )
        )
    }

    func heard(_ news: MailMaker.News, of run: Run) {
        guard mails.stages[run.id] == .making else { return }
        switch news {
        case .notWanted:
            discardMail(of: run)
        case .failed(let error):
            mails.stages[run.id] = .stuck
            logger.log(
                .mailFailed,
                of: run,
                .error,
                "its mail cannot be made: \(error); trying again with the next one"
            )
        case .made:
            let folder = mailFolder(of: run.id)
            do {
                guard let envelope = try MailEnvelope.read(in: folder.run) else { return discardMail(of: run) }
                // Visible is enough: without a spec after a power failure, the message is made anew.
                var spec = RunSpec(
                    sendmail: settings.sendmail,
                    envelope,
                    in: folder,
                    environment: settings.environment
                )
                spec.openFiles = settings.openFiles
                try spec.write(in: folder.run, durability: .atomic)
            } catch {
                mails.stages[run.id] = .stuck
                return logger.log(
                    .mailFailed,
                    of: run,
                    .error,
                    "its mail cannot be sent: \(error); trying again with the next one"
                )
            }
            enqueueMail(of: run.id)
        }
    }

    func enqueueMail(of id: RunID) {
        mails.stages[id] = .waiting
        mails.waiting.append(id)
        startSendmails()
    }

    func discardMail(of run: Run) {
        discardMail(run.id, ofTask: run.taskName)
    }

    func discardMail(_ id: RunID, ofTask name: String?) {
        mails.forget(id)
        do throws(SystemError) {
            try mailFolder(of: id).remove()
        } catch {
            logMail(id, name, .warning, "the folder of its mail cannot be removed: \(error)")
        }
    }

    func logMail(
        _ id: RunID,
        _ taskName: String?,
        _ level: Logger.Level,
        _ text: String,
        event: LoggedEvent = .mailFailed
    ) {
        var metadata: Logger.Metadata = ["event": "\(event)", "run_id": "\(id)"]
        if let taskName { metadata["task"] = "\(taskName)" }
        logger.log(level: level, "\(taskName.map { "\($0) " } ?? "")run \(id): \(text)", metadata: metadata)
    }

    // MARK: After a restart

    /// Notes the mails that an earlier daemon has left behind; before any run ends.
    ///
    /// - Returns: the runs of those that are not to wait for a run's end.
    func expectLeftMails(ofUnfinished runs: [Run]) -> [RunID] {
        let unfinished = Set(runs.map(\.id))
        var ended: [RunID] = []
        for name in MailFolder.all(in: settings.dataFolder) {
            guard let id = RunID(name) else { continue }
            if unfinished.contains(id) { mails.stages[id] = .expected } else { ended.append(id) }
        }
        return ended
    }

    /// Goes on with a mail from where its folder has it.
    func resumeMail(_ id: RunID) async {
        guard mails.stages[id] == nil || mails.stages[id] == .stuck else { return }
        mails.stages[id] = .stuck
        let folder = mailFolder(of: id)
        guard let envelope = try? MailEnvelope.read(in: folder.run) else { return discardMail(id, ofTask: nil) }
        if unsafe access(folder.run.specPath, F_OK) == 0 {
            settleMail(id)
            return startSendmails()
        }
        if let run = unfinished[id]?.run, run.state.end == nil { return makeMail(ofUnfinished: run) }
        let run: Run?
        do {
            run = try await store.run(id)
        } catch {
            return logMail(
                id,
                envelope.taskName,
                .error,
                "its mail cannot be made: \(error); trying again with the next one"
            )
        }
        guard mails.stages[id] == .stuck else { return }
        guard let run, let end = run.state.end else {
            logMail(id, envelope.taskName, .warning, "its mail cannot be made: there is no such run any more")
            return discardMail(id, ofTask: envelope.taskName)
        }
        folder.link(logOf: self.folder(of: run))
        makeMail(of: run, end)
    }
}
