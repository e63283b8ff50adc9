import AlmanacAPI
import AlmanacTesting
import Glibc
import Testing

@Suite("What a command prints goes to sendmail")
struct MailDeliveryTests {
    private static let cron = """
        [tasks.job]
        conventions = "cron"
        mail_to = "ops@example.org,root"
        run = '''
        %COMMAND%
        '''

        """

    private func host() -> String {
        let name = String(decoding: TemporaryFolder.read("/proc/sys/kernel/hostname") ?? [], as: UTF8.self)
        return String(name.prefix { $0 != "." && $0 != "\n" })
    }

    @Test("Byte for byte as cron sends it, with cron's arguments, as the job's user in its home folder")
    func asCron() throws {
        let sendmail = StandInSendmail()
        let command = #"printf 'out\n'; printf '\344\366\n' >&2; printf 'no newline'"#
        let daemon = DaemonProcess(
            """
            [tasks.job]
            conventions = "cron"
            mail_to = "ops@example.org,root"
            run = '\(command.replacing("'", with: "\""))'
            """,
            mailing: sendmail
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        _ = daemon.triggerAndWait("job")
        #expect(eventually { sendmail.messages.count == 1 })
        let message = try #require(sendmail.messages.first)
        let account = (ChildProcess.run(["id", "-un"])?.standardOutput ?? "").dropLast()
        let charset = (ChildProcess.run(["locale", "charmap"])?.standardOutput ?? "").dropLast()
        let head = """
            From: root (Cron Daemon)
            To: ops@example.org,root
            Subject: Cron <\(account)@\(host())> \(command.replacing("'", with: "\""))
            MIME-Version: 1.0
            Content-Type: text/plain; charset=\(charset == "ANSI_X3.4-1968" ? "US-ASCII" : charset)
            Content-Transfer-Encoding: 8bit


            """
        #expect(
            message.bytes == Array(head.utf8) + Array("out\n".utf8) + [0xE4, 0xF6, 0x0A] + Array("no newline".utf8)
        )
        #expect(message.arguments == ["-FCronDaemon", "-i", "-B8BITMIME", "-oem", "ops@example.org,root"])
        #expect(message.userID == "\(geteuid())")
        #expect(message.environment.contains("LOGNAME=\(account)"))
        #expect(eventually { daemon.mails == [] })
    }

    @Test("As another user", .enabled(if: geteuid() == 0, "only root can change the user"))
    func asUser() throws {
        let sendmail = StandInSendmail()
        let daemon = DaemonProcess(
            """
            [tasks.job]
            conventions = "cron"
            user = "daemon"
            mail_to = "daemon"
            run = "id -un"
            """,
            mailing: sendmail
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        _ = daemon.triggerAndWait("job")
        #expect(eventually { sendmail.messages.count == 1 })
        let message = try #require(sendmail.messages.first)
        #expect(message.body == "daemon\n")
        #expect(message.header.contains("Subject: Cron <daemon@\(host())> id -un"))
        #expect(message.userID == "1")
        #expect(message.workingDirectory == "/usr/sbin")
        #expect(message.environment.contains("HOME=/usr/sbin"))
    }

    @Test("Which runs are told of, by Almanac's own conventions")
    func occasions() throws {
        let sendmail = StandInSendmail()
        let tasks = ["output", "failure", "always"].flatMap { occasion in
            [("silent", "true"), ("loud", "echo hello"), ("bad", "exit 2"), ("gone", "true")].map { name, command in
                """
                [tasks.\(occasion)-\(name)]
                mail_to = "a@example.org,b@example.org"
                mail_on = "\(occasion)"
                \(name == "gone" ? "shell = \"/nonexistent/sh\"" : "")
                run = "\(command)"

                """
            }
        }
        let daemon = DaemonProcess(tasks.joined(), mailing: sendmail)
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        for occasion in ["output", "failure", "always"] {
            for name in ["silent", "loud", "bad", "gone"] { _ = daemon.triggerAndWait("\(occasion)-\(name)") }
        }
        #expect(eventually { daemon.mails == [] })
        let subjects = sendmail.messages.compactMap {
            $0.header.first { $0.hasPrefix("Subject:") }?.split(separator: "> ").last
        }
        #expect(
            subjects.map(String.init).sorted() == [
                "always-bad: failed (exit code 2)", "always-gone: start_failed", "always-loud: success",
                "always-silent: success", "failure-bad: failed (exit code 2)", "failure-gone: start_failed",
                "output-gone: start_failed", "output-loud: success",
            ]
        )
        let loud = try #require(sendmail.messages.first { $0.text.contains("output-loud: success") })
        #expect(loud.arguments == ["-FAlmanac", "-i", "-B8BITMIME", "-oem", "a@example.org", "b@example.org"])
        #expect(loud.text.hasSuffix("Reason:   success\n\nhello\n"))
        #expect(loud.header.contains("Auto-Submitted: auto-generated"))
        let silent = try #require(sendmail.messages.first { $0.text.contains("always-silent: success") })
        #expect(silent.text.hasSuffix("Reason:   success\n\nThe command has printed nothing.\n"))
        let gone = try #require(sendmail.messages.first { $0.text.contains("failure-gone:") })
        #expect(gone.text.contains("\nMessage:  cannot start /nonexistent/sh: No such file or directory"))
    }

    @Test("A job of cron's without output, or without MAILTO, sends nothing; one whose shell is not there says so")
    func silence() throws {
        let sendmail = StandInSendmail()
        let daemon = DaemonProcess(
            """
            [tasks.silent]
            conventions = "cron"
            mail_to = "root"
            run = "exit 3"
            [tasks.nobody]
            conventions = "cron"
            run = "echo hello"
            [tasks.gone]
            conventions = "cron"
            mail_to = "root"
            shell = "/nonexistent/sh"
            run = "echo hello"
            """,
            mailing: sendmail
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        for task in ["silent", "nobody", "gone"] { _ = daemon.triggerAndWait(task) }
        #expect(eventually { sendmail.messages.count == 1 && daemon.mails == [] })
        #expect(sendmail.messages.first?.body == "/nonexistent/sh: execle: No such file or directory\n")
    }

    /// A job whose command ends at once and leaves a process behind that goes on until there is a file `go`, and prints something then.
    private func leaving(_ folder: TemporaryFolder) -> String {
        Self.cron.replacing(
            "%COMMAND%",
            with: "echo early; (until [ -e \(folder.file("go")) ]; do sleep 0.02; done; echo late) & exit 3"
        )
    }

    @Test("cron tells of a job once its command has ended, whatever that leaves behind; so does the daemon, once")
    func leftBehind() throws {
        let sendmail = StandInSendmail()
        let folder = TemporaryFolder()
        let daemon = DaemonProcess(leaving(folder), in: folder, mailing: sendmail)
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let run = try #require(daemon.trigger("job"))
        #expect(eventually { sendmail.messages.count == 1 && daemon.mails == [] })
        #expect(daemon.run(run.id)?.status == "running")
        #expect(sendmail.messages.first?.body == "early\n")
        folder.write("", to: "go")
        #expect(eventually { daemon.run(run.id)?.status == "ended" })
        #expect(daemon.run(run.id)?.exitCode == 3)
        #expect(daemon.log(of: run) == "early\nlate\n")
        _ = daemon.triggerAndWait("job")
        #expect(eventually { sendmail.messages.count == 2 && daemon.mails == [] })
        #expect(eventually { StandInSendmail.names("\(daemon.dataPath)/mail/.ended") == [] })
    }

    @Test("And over restarts, whether the command ended before or while no daemon was there")
    func leftBehindOverRestart() throws {
        let sendmail = StandInSendmail()
        let folder = TemporaryFolder()
        let first = DaemonProcess(leaving(folder), in: folder, mailing: sendmail)
        try #require(first.isReady(), "\(first.child.standardError)")
        let run = try #require(first.trigger("job"))
        #expect(eventually { sendmail.messages.count == 1 && first.mails == [] })
        first.kill()
        let second = DaemonProcess(nil, in: folder, mailing: sendmail)
        try #require(second.isReady(), "\(second.child.standardError)")
        #expect(second.run(run.id)?.status == "running")
        second.kill()
        folder.write("", to: "go")
        #expect(eventually { TemporaryFolder.read("\(second.dataPath)/runs/job/\(run.id)/result") != nil })
        let third = DaemonProcess(
            Self.cron.replacing(
                "%COMMAND%",
                with: "echo $$; until [ -e \(folder.file("end")) ]; do sleep 0.02; done; sleep 600 &"
            ),
            in: folder,
            mailing: sendmail
        )
        try #require(third.isReady(), "\(third.child.standardError)")
        #expect(third.run(run.id)?.endReason == "failed")
        let other = try #require(third.trigger("job"))
        #expect(eventually { third.numbers(in: other).count == 1 })
        let command = third.numbers(in: other)[0]
        third.kill()
        folder.write("", to: "end")
        #expect(eventually { isGone(command) })
        #expect(sendmail.messages.count == 1, "the first run's mail is not sent again")
        let fourth = DaemonProcess(nil, in: folder, mailing: sendmail)
        try #require(fourth.isReady(), "\(fourth.child.standardError)")
        #expect(eventually { sendmail.messages.count == 2 && fourth.mails == [] })
        #expect(fourth.run(other.id)?.status == "running")
        _ = fourth.post("/api/tasks/job/runs/\(other.id)/stop")
        #expect(eventually { fourth.run(other.id)?.endReason == "stopped" })
        #expect(sendmail.messages.count == 2)
        #expect(eventually { StandInSendmail.names("\(fourth.dataPath)/mail/.ended") == [] })
    }

    @Test(
        "A daemon that dies between a run's end and its mail is followed by one that sends it, to whom it was meant for"
    )
    func killedBeforeMail() throws {
        let sendmail = StandInSendmail()
        let job = """
            [tasks.job]
            conventions = "cron"
            mail_to = "first@example.org"
            run = "echo begun; until [ -e $HOME/%GO% ]; do sleep 0.02; done; echo done"
            """
        let folder = TemporaryFolder()
        let first = DaemonProcess(job.replacing("$HOME/%GO%", with: folder.file("go")), in: folder, mailing: sendmail)
        try #require(first.isReady(), "\(first.child.standardError)")
        let run = try #require(first.trigger("job"))
        #expect(eventually { first.log(of: run) == "begun\n" })
        first.kill()
        folder.write("", to: "go")
        #expect(eventually { TemporaryFolder.read(folder.file("data/runs/job/\(run.id)/result")) != nil })
        #expect(sendmail.messages.isEmpty)
        let second = DaemonProcess(job.replacing("first@", with: "second@"), in: folder, mailing: sendmail)
        try #require(second.isReady(), "\(second.child.standardError)")
        #expect(eventually { sendmail.messages.count == 1 && second.mails == [] })
        #expect(sendmail.messages.first?.arguments.last == "first@example.org")
        #expect(sendmail.messages.first?.body == "begun\ndone\n")
    }

    @Test(
        "One that dies while sendmail runs is followed by one that waits for it, and sends nothing twice",
        arguments: ["hold", "linger"]
    )
    func killedDuringMail(_ place: String) throws {
        let sendmail = StandInSendmail()
        sendmail.set(place)
        let first = DaemonProcess(Self.cron.replacing("%COMMAND%", with: "echo hello"), mailing: sendmail)
        try #require(first.isReady(), "\(first.child.standardError)")
        let run = try #require(first.triggerAndWait("job"))
        #expect(eventually { sendmail.runningCount == 1 && sendmail.messages.count == (place == "hold" ? 0 : 1) })
        first.kill()
        let second = DaemonProcess(nil, in: first.folder, mailing: sendmail)
        try #require(second.isReady(), "\(second.child.standardError)")
        #expect(second.mails == [run.id])
        #expect(sendmail.runningCount == 1)
        sendmail.clear(place)
        #expect(eventually { second.mails == [] })
        #expect(sendmail.messages.count == 1)
    }

    @Test("A daemon that dies at any moment loses no mail and sends none twice")
    func killedAnywhere() throws {
        let sendmail = StandInSendmail()
        let folder = TemporaryFolder()
        var runs: Set<String> = []
        let configuration = """
            [defaults]
            max_concurrent = 8
            [tasks.job]
            mail_to = "root"
            run = "echo $ALMANAC_RUN_ID"
            """
        for round in 0..<12 {
            let daemon = DaemonProcess(configuration, in: folder, mailing: sendmail)
            try #require(daemon.isReady(), "\(daemon.child.standardError)")
            for _ in 0..<3 { if let run = daemon.trigger("job") { runs.insert(run.id) } }
            usleep(UInt32(round * 6000))
            daemon.kill()
        }
        let last = DaemonProcess(configuration, in: folder, mailing: sendmail)
        try #require(last.isReady(), "\(last.child.standardError)")
        #expect(eventually { last.runs().allSatisfy { $0.status == "ended" } && last.mails == [] })
        let told = sendmail.messages.map { String($0.text.split(separator: "\n").last ?? "") }
        #expect(Set(told).isSuperset(of: runs))
        #expect(Set(told).count == told.count)
    }

    @Test("Where the supervisor of sendmail is killed it is started again")
    func killedSupervisor() throws {
        let sendmail = StandInSendmail()
        sendmail.set("hold")
        let daemon = DaemonProcess(Self.cron.replacing("%COMMAND%", with: "echo hello"), mailing: sendmail)
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let run = try #require(daemon.triggerAndWait("job"))
        #expect(eventually { sendmail.runningCount == 1 })
        let started = String(
            decoding: try #require(TemporaryFolder.read("\(daemon.dataPath)/mail/\(run.id)/started")),
            as: UTF8.self
        )
        let supervisor = try #require(Int32(started.split(separator: "\n")[2]))
        Glibc.kill(supervisor, SIGKILL)
        #expect(eventually { sendmail.runningCount == 2 })
        sendmail.clear("hold")
        #expect(eventually { daemon.mails == [] })
        #expect(sendmail.messages.count == 1)
    }

    @Test("A few are sent at a time, with a limit of ten minutes each, and a slow one holds up no run")
    func limits() throws {
        let sendmail = StandInSendmail()
        sendmail.set("hold")
        let daemon = DaemonProcess(
            "[defaults]\nmax_concurrent = 9\n" + Self.cron.replacing("%COMMAND%", with: "echo hello"),
            mailing: sendmail
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        for _ in 0..<9 { _ = daemon.triggerAndWait("job") }
        #expect(eventually { sendmail.runningCount == 4 && daemon.mails.count == 9 })
        let spec = String(
            decoding: TemporaryFolder.read("\(daemon.dataPath)/mail/\(daemon.mails[0])/spec") ?? [],
            as: UTF8.self
        )
        #expect(spec.contains("timeout-ms 6\n600000\n"))
        sendmail.clear("hold")
        #expect(eventually { daemon.mails == [] })
        #expect(sendmail.messages.count == 9)
        #expect(sendmail.messages.allSatisfy { $0.running <= 4 })
    }

    @Test("A sendmail that refuses is told of once, with what it said")
    func refusal() throws {
        let sendmail = StandInSendmail()
        sendmail.set("refuse")
        let daemon = DaemonProcess(Self.cron.replacing("%COMMAND%", with: "echo hello"), mailing: sendmail)
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let run = try #require(daemon.triggerAndWait("job"))
        #expect(eventually { daemon.mails == [] })
        let expected =
            "job run \(run.id): its mail to ops@example.org,root was not taken: \(sendmail.path) exited with code 75: "
            + "no route to host / it is lost [1m"
        #expect(eventually { daemon.child.standardError.contains(expected) })
        #expect(daemon.child.standardError.split(separator: "\n").filter { $0.contains("was not taken") }.count == 1)
        #expect(daemon.log(of: run) == "hello\n")
    }

    @Test("Without a sendmail that is said once, and the output is in the log")
    func missing() throws {
        let daemon = DaemonProcess(
            Self.cron.replacing("%COMMAND%", with: "echo hello"),
            arguments: ["--sendmail", "/nonexistent/sendmail"]
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        var run: RunResource?
        for _ in 0..<3 { run = daemon.triggerAndWait("job") }
        #expect(
            eventually {
                daemon.mails == [] && daemon.child.standardError.contains("there is no /nonexistent/sendmail")
            }
        )
        #expect(daemon.child.standardError.split(separator: "\n").filter { $0.contains("there is no") }.count == 1)
        #expect(daemon.log(of: try #require(run)) == "hello\n")
    }

    @Test("A log that was cut says so at the place of the cut")
    func cut() throws {
        let sendmail = StandInSendmail()
        let daemon = DaemonProcess(
            """
            [tasks.job]
            conventions = "cron"
            mail_to = "root"
            log_max_size = "4KB"
            log_on_full = "drop_new"
            run = "seq 1 2000"
            """,
            mailing: sendmail
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        _ = daemon.triggerAndWait("job")
        #expect(eventually { sendmail.messages.count == 1 })
        let lines = (sendmail.messages.first?.body ?? "").split(separator: "\n")
        #expect(lines.first == "1")
        #expect(lines.last?.hasPrefix("[the log has reached its limit of ") == true)
        #expect(lines.dropLast().allSatisfy { Int($0) != nil } && lines.count > 10)
    }
}
