import AlmanacModel
import AlmanacRunProtocol
import AlmanacRuns
import AlmanacTesting
import Glibc
import Testing

/// A run, its end and its envelope for the tests of mails.
enum MailFixture {
    static let run = Run(
        id: RunID("01JQF6Z5K3W8Y2V4N6P8R0T1S3")!,
        taskName: "ada:backup-1",
        trigger: .api,
        createdAt: PreciseTimestamp(nanosecondsSinceEpoch: 0)
    )

    static func end(_ reason: EndReason, code: Int64 = 0, message: String? = nil) -> RunEnd {
        RunEnd(
            reason: reason,
            exitCode: code,
            at: PreciseTimestamp(nanosecondsSinceEpoch: 2_500_000_000),
            startedAt: PreciseTimestamp(nanosecondsSinceEpoch: 1_000_000_000),
            message: message
        )
    }

    static func envelope(
        _ mail: MailSettings,
        _ conventions: CommandSettings.Conventions = .cron,
        command: String = "backup --all"
    ) -> MailEnvelope {
        let settings = CommandSettings(
            identity: CronConventionsTests.identity,
            conventions: conventions,
            mail: mail
        )
        return MailEnvelope(
            run,
            of: TaskDefinition(name: run.taskName, command: command, settings: settings),
            mail: mail,
            login: LoginSession()
        )
    }

    static func head(_ envelope: MailEnvelope, _ end: RunEnd = end(.success), host: String = "box.example.org")
        -> String
    {
        String(decoding: MailHead(envelope, run, end, hostName: host, charset: "US-ASCII").bytes, as: UTF8.self)
    }
}

@Suite("The header of a mail")
struct MailHeadTests {
    @Test("Under cron's conventions it is cron's, line for line")
    func cron() {
        let mail = MailSettings(
            to: "ada",
            cronEnvironment: ["MAILTO=ada", "SHELL=/bin/sh", "HOME=/home/ada", "PATH=/usr/bin:/bin", "LOGNAME=ada"]
        )
        #expect(
            MailFixture.head(MailFixture.envelope(mail), MailFixture.end(.failed, code: 2)) == """
                From: root (Cron Daemon)
                To: ada
                Subject: Cron <ada@box> backup --all
                MIME-Version: 1.0
                Content-Type: text/plain; charset=US-ASCII
                Content-Transfer-Encoding: 8bit
                X-Cron-Env: <MAILTO=ada>
                X-Cron-Env: <SHELL=/bin/sh>
                X-Cron-Env: <HOME=/home/ada>
                X-Cron-Env: <PATH=/usr/bin:/bin>
                X-Cron-Env: <LOGNAME=ada>


                """
        )
    }

    @Test("What the crontab says of sender and content counts")
    func cronSettings() {
        let mail = MailSettings(
            to: "ops@example.org,root",
            from: "cron@example.org",
            contentType: "text/html; charset=UTF-8",
            contentTransferEncoding: "quoted-printable"
        )
        let head = MailFixture.head(MailFixture.envelope(mail), host: "box")
        #expect(
            head == """
                From: cron@example.org
                To: ops@example.org,root
                Subject: Cron <ada@box> backup --all
                MIME-Version: 1.0
                Content-Type: text/html; charset=UTF-8
                Content-Transfer-Encoding: quoted-printable


                """
        )
    }

    @Test("Under Almanac's own it has the outcome, and the facts of the run stand above the output")
    func almanac() {
        let envelope = MailFixture.envelope(MailSettings(to: "ops@example.org"), .almanac)
        let head = MailFixture.head(
            envelope,
            MailFixture.end(.failed, code: 2, message: "the disk is full\r\nBcc: eve@example.org")
        )
        #expect(
            head == """
                From: Almanac <ada@box.example.org>
                To: ops@example.org
                Subject: Almanac <ada@box.example.org> ada:backup-1: failed (exit code 2)
                MIME-Version: 1.0
                Content-Type: text/plain; charset=UTF-8
                Content-Transfer-Encoding: 8bit
                Auto-Submitted: auto-generated

                Task:     ada:backup-1
                Run:      01JQF6Z5K3W8Y2V4N6P8R0T1S3
                Trigger:  api
                Started:  1970-01-01T00:00:01Z
                Ended:    1970-01-01T00:00:02.500Z
                Reason:   failed (exit code 2)
                Message:  the disk is full  Bcc: eve@example.org


                """
        )
    }

    @Test(
        "Nothing in a name, an address, a variable or a command makes a line of its own",
        arguments: CommandSettings.Conventions.allCases
    )
    func injection(_ conventions: CommandSettings.Conventions) {
        let evil = "x\nBcc: eve@example.org\r\n\rX: \0y"
        let mail = MailSettings(
            to: evil,
            from: evil,
            contentType: evil,
            contentTransferEncoding: evil,
            cronEnvironment: ["A=\(evil)"]
        )
        var envelope = MailFixture.envelope(mail, conventions, command: evil)
        envelope.userName = evil
        envelope.taskName = evil
        let head = MailFixture.head(envelope, host: evil)
        #expect(!head.utf8.contains(0) && !head.utf8.contains(0x0D))
        let header = head.split(separator: "\n", omittingEmptySubsequences: false).prefix { !$0.isEmpty }
        #expect(header.count == 7)
        let names = header.compactMap { $0.split(separator: ":").first }
        #expect(Set(names).count == 7 && !names.contains("Bcc"))
    }

    @Test("An envelope comes back as it was written, and a damaged one does not")
    func envelope() throws {
        let mail = MailSettings(
            to: "a,b@example.org",
            from: "c",
            on: .failure,
            contentType: "t",
            contentTransferEncoding: "e",
            cronEnvironment: ["A=1", "B= two words "]
        )
        for conventions in CommandSettings.Conventions.allCases {
            for mail in [mail, MailSettings(to: "root")] {
                let envelope = MailFixture.envelope(mail, conventions, command: "line\n\"two\"")
                #expect(try MailEnvelope(decoding: envelope.encoded()) == envelope)
                let bytes = envelope.encoded()
                for length in bytes.indices {
                    #expect(throws: RunFormatError.self) { try MailEnvelope(decoding: Array(bytes[..<length])) }
                }
            }
        }
    }
}

@Suite("Which ends are told of")
struct MailOccasionTests {
    /// For each reason: with output, without, and where no command was started.
    static let table: [(EndReason, output: [Bool], failure: [Bool], always: [Bool])] = [
        (.success, [true, false, false], [false, false, false], [true, true, false]),
        (.failed, [true, false, false], [true, true, false], [true, true, false]),
        (.stopped, [true, false, false], [false, false, false], [true, true, false]),
        (.timeout, [true, false, false], [true, true, false], [true, true, false]),
        (.crashed, [true, false, false], [true, true, false], [true, true, false]),
        (.skipped, [false, false, false], [false, false, false], [false, false, false]),
        (.logOverflow, [true, false, false], [true, true, false], [true, true, false]),
        (.queueFull, [false, false, false], [false, false, false], [false, false, false]),
        (.dstSkipped, [false, false, false], [false, false, false], [false, false, false]),
        (.daemonStopped, [true, false, false], [false, false, false], [true, true, false]),
        (.missed, [false, false, false], [false, false, false], [false, false, false]),
        (.startFailed, [true, true, true], [true, true, true], [true, true, true]),
    ]

    @Test func complete() {
        #expect(Self.table.map(\.0) == EndReason.allCases)
        for (reason, output, failure, always) in Self.table {
            for (occasion, expected) in [
                (MailSettings.Occasion.output, output), (.failure, failure), (.always, always),
            ] {
                let found = [(true, true), (true, false), (false, false)].map { hasStarted, hasOutput in
                    occasion.includes(reason, hasStarted: hasStarted, hasOutput: hasOutput)
                }
                #expect(found == expected, "\(occasion) \(reason)")
            }
        }
    }
}

@Suite("The body of a mail is what the command printed")
struct MailBodyTests {
    private func line(_ stream: LogStream, _ text: String, whole: Bool = true) -> [UInt8] {
        Array("2026-03-29T01:00:00.000000000Z \(stream.rawValue) \(whole ? "F" : "P") \(text)\n".utf8)
    }

    /// Decodes a log in pieces of a size.
    private func body(
        _ log: [UInt8],
        _ size: Int,
        endsWithCommand: Bool = false
    ) -> (text: String, hasOutput: Bool) {
        var body = MailBody(endsWithCommand: endsWithCommand)
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: log.count, by: size) {
            body.decode(log[start..<min(start + size, log.count)], into: &bytes)
        }
        return (String(decoding: bytes, as: UTF8.self), body.hasOutput)
    }

    @Test(
        "Both streams as they came, no line of the supervisor's, and no newline that was not there",
        arguments: [1, 7, 1000]
    )
    func output(size: Int) {
        let log =
            line(.system, "something of the supervisor's") + line(.stdout, "one") + line(.stderr, "two", whole: false)
            + line(.stdout, " three") + line(.system, "another") + line(.stdout, "four", whole: false)
        #expect(body(log, size) == ("one\ntwo three\nfour", true))
        #expect(body(line(.system, "asked to stop"), size) == ("", false))
        #expect(body([], size) == ("", false))
    }

    @Test("As cron sends it, it ends with the command; else it has what comes after it too", arguments: [1, 7, 1000])
    func commandEnd(size: Int) {
        let log =
            line(.stdout, "early", whole: false) + line(.system, CommandEndNotice(exitCode: 3).text)
            + line(.stdout, "late")
        #expect(body(log, size, endsWithCommand: true) == ("early", true))
        #expect(body(log, size) == ("earlylate\n", true))
        let silent = line(.system, CommandEndNotice(exitCode: 0).text) + line(.stdout, "late")
        #expect(body(silent, size, endsWithCommand: true) == ("", false))
    }

    @Test("Where the log is cut stands one line that says so", arguments: [1, 7, 1000])
    func cut(size: Int) {
        let old = LogLimitNotice.droppedOld(limit: 1000, bytes: 5000, lines: 70)
        let new = LogLimitNotice.dropsNew(limit: 1000)
        let loss = LogLossNotice(bytes: 5, reason: "No space left on device")
        #expect(
            body(line(.stdout, "one") + line(.system, loss.text) + line(.stdout, "three"), size)
                == ("one\n[5 bytes of output are lost here: No space left on device]\nthree\n", true)
        )
        #expect(
            body(line(.system, old.text) + line(.stdout, "the rest"), size) == ("[\(old.text)]\nthe rest\n", true)
        )
        #expect(
            body(line(.stdout, "the begin", whole: false) + line(.system, new.text) + line(.system, "killed"), size)
                == ("the begin\n[\(new.text)]\n", true)
        )
    }
}

@Suite("The folder of a mail")
struct MailFolderTests {
    @Test("It keeps the run's log when that is removed")
    func linkedLog() throws {
        let temporary = TemporaryFolder()
        let run = RunFolder(dataFolder: temporary.path, taskName: "t", runID: "01X")
        try run.create()
        temporary.write("old\n", to: "runs/t/01X/log.old")
        temporary.write("new\n", to: "runs/t/01X/log")
        let mail = MailFolder(dataFolder: temporary.path, runID: "01X")
        try mail.run.create()
        mail.link(logOf: run)
        for path in [run.logPath, run.olderLogPath] { unsafe unlink(path) }
        #expect(try mail.log(of: run) == Array("old\nnew\n".utf8))
        try mail.remove()
        #expect(unsafe access(mail.run.path, F_OK) != 0)
    }

    @Test("Where it could not be kept, it is read from where it is")
    func ownLog() throws {
        let temporary = TemporaryFolder()
        let run = RunFolder(dataFolder: temporary.path, taskName: "t", runID: "01X")
        try run.create()
        temporary.write("text\n", to: "runs/t/01X/log")
        #expect(try MailFolder(dataFolder: temporary.path, runID: "01X").log(of: run) == Array("text\n".utf8))
    }
}
