import AlmanacLinux
import AlmanacModel
import AlmanacRunProtocol
import DequeModule
import Glibc
import Logging

/// Sendmail's runs: a few at a time, each under a supervisor of its own.
extension Dispatcher {
    /// Starts sendmail for the mails that wait, a few at a time.
    func startSendmails() {
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

    func settleMail(_ id: RunID) {
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
}
