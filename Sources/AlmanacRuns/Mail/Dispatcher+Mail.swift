import AlmanacLinux
import AlmanacModel
import AlmanacRunProtocol
import DequeModule
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

    // MARK: Commands that end before their runs

    private func commandEndPath(of id: RunID) -> String {
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
    private func commandEnded(_ id: RunID) {
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

    private func makeMail(ofUnfinished run: Run) {
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

    // MARK: Messages

    private func makeMail(of run: Run, _ end: RunEnd) {
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
                try RunSpec(
                    sendmail: settings.sendmail,
                    envelope,
                    in: folder,
                    environment: settings.environment
                ).write(in: folder.run, durability: .atomic)
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

    private func enqueueMail(of id: RunID) {
        mails.stages[id] = .waiting
        mails.waiting.append(id)
        startSendmails()
    }

    /// Starts sendmail for the mails that wait, a few at a time.
    private func startSendmails() {
        while mails.hasRoom, let id = mails.waiting.popFirst() {
            let folder = mailFolder(of: id)
            guard let envelope = try? MailEnvelope.read(in: folder.run) else {
                discardMail(id, ofTask: nil)
                continue
            }
            guard unsafe access(settings.sendmail, F_OK) == 0 else {
                noteNoSendmail()
                discardMail(id, ofTask: envelope.taskName)
                continue
            }
            mails.attempts[id, default: 0] += 1
            do {
                mails.supervisors[try settings.supervisor.spawn(for: folder.run)] = id
                mails.stages[id] = .sending
            } catch {
                mails.stages[id] = .stuck
                logMail(
                    id,
                    envelope.taskName,
                    .error,
                    "sendmail cannot be started: \(error); trying again with the next one"
                )
                return
            }
        }
    }

    private func noteNoSendmail() {
        if mails.isWithoutSendmail { return }
        mails.isWithoutSendmail = true
        logger.warning(
            """
            there is no \(settings.sendmail), so that nobody is told of runs by mail; what they print is in their logs. \
            Install a mail transfer agent, or set MAILTO="" or remove mail_to where no mail is wanted
            """,
            metadata: ["event": "\(LoggedEvent.mailFailed)"]
        )
    }

    /// Looks at what the supervisor of a sendmail has left behind, now that its process is gone.
    func sendmailEnded(_ id: RunID) {
        if let process = mails.adopted.removeValue(forKey: id) {
            executor.unwatch(process.descriptor.number)
            process.reap()
        }
        settleMail(id)
        startSendmails()
    }

    private func settleMail(_ id: RunID) {
        let folder = mailFolder(of: id)
        let envelope = try? MailEnvelope.read(in: folder.run)
        do {
            switch try RunFolderState.inspect(folder.run) {
            case .held(let pid):
                mails.stages[id] = .sending
                let process = try ProcessHandle(pid: pid)
                guard try RunLock.holder(of: folder.run) == pid else { return settleMail(id) }
                try executor.watch(process.descriptor.number) { [weak self] in
                    self?.assumeIsolated { $0.sendmailEnded(id) }
                }
                mails.adopted[id] = process
            case .finished(let result):
                report(result, id, envelope)
                discardMail(id, ofTask: envelope?.taskName)
            case .neverStarted, .crashed:
                guard mails.attempts[id, default: 0] < MailQueue.attemptLimit else {
                    let text = "almanac-run went without a result \(MailQueue.attemptLimit) times"
                    logMail(id, envelope?.taskName, .error, "its mail is given up: \(text)")
                    return discardMail(id, ofTask: envelope?.taskName)
                }
                unsafe unlink(folder.run.startedPath)
                mails.stages[id] = .waiting
                mails.waiting.append(id)
            }
        } catch let error as SystemError where error.isNoSuchProcess {
            settleMail(id)
        } catch {
            mails.stages[id] = .stuck
            logMail(id, envelope?.taskName, .error, "the end of its sendmail cannot be waited for: \(error)")
        }
    }

    /// Tells how sendmail has ended, in the journal alone where all is well.
    private func report(_ result: RunResult, _ id: RunID, _ envelope: MailEnvelope?) {
        let to = envelope?.mail.to ?? ""
        let fate: String
        switch result.outcome {
        case .exited(0):
            return logMail(id, envelope?.taskName, .debug, "mailed to \(to)", event: .mailSent)
        case .exited(let code): fate = "exited with code \(code)"
        case .signaled(let number): fate = "was ended by signal \(number)"
        case .timedOut: fate = "took longer than ten minutes and was ended"
        case .startFailed(let message): fate = "did not start: \(message)"
        case .stopped, .logOverflow: fate = "was stopped"
        }
        let tail = sendmailTail(id)
        logMail(
            id,
            envelope?.taskName,
            .error,
            "its mail to \(to) was not taken: \(settings.sendmail) \(fate)\(tail.isEmpty ? "" : ": \(tail)")"
        )
    }

    /// The last of what a sendmail has printed, in one line.
    private func sendmailTail(_ id: RunID) -> String {
        guard let log = try? LogParts.open(mailFolder(of: id).run) else { return "" }
        var decoder = LogDecoder()
        var raw: [UInt8] = []
        var offset = max(0, log.presentStart)
        while let chunk = try? log.read(at: offset) {
            offset += chunk.count
            decoder.decode(chunk, into: &raw)
        }
        let lines = String(decoding: raw.suffix(1 << 10), as: UTF8.self).split { $0.isNewline }.suffix(3)
        return String(lines.joined(separator: " / ").map { $0.isASCII && $0 < " " ? " " : $0 })
    }

    private func discardMail(of run: Run) {
        discardMail(run.id, ofTask: run.taskName)
    }

    private func discardMail(_ id: RunID, ofTask name: String?) {
        mails.forget(id)
        do throws(SystemError) {
            try mailFolder(of: id).remove()
        } catch {
            logMail(id, name, .warning, "the folder of its mail cannot be removed: \(error)")
        }
    }

    private func logMail(
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

    /// Goes on with the mails of runs that go on after their commands.
    func resumeCommandEnds() {
        let names = MailFolder.names(in: MailFolder.commandEnds(in: settings.dataFolder))
        if names.isEmpty || !watchCommandEnds() { return }
        for id in names.compactMap({ RunID($0) }) { commandEnded(id) }
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
