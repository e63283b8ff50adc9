import AlmanacCalendar
import AlmanacConfig
import AlmanacModel
import Testing

@testable import AlmanacCommands

@Suite("A proof finds every difference between cron and what is done here")
struct ProofTests {
    private static let shop: String = """
        # The shop's jobs.
        SHELL=/bin/bash
        PATH="/usr/local/bin:/usr/bin:/bin"
        MAILTO=ops@example.org
        0 4 * * *      root backup --all
        */15 2 * * *   www poll
        30 0-23 * * *  www half-past
        @hourly        www hourly
        @reboot        root boot
        HOME=/srv/shop
        17 5 * * 1-5   www mail -s report root%Hello%all
        0 0 13 * 5     root either
        MAILTO=""
        23 */2 1-7 * * root odd

        """

    private func host() -> ConfigurationHost {
        ConfigurationHost(environment: [:], currentFolder: "/", accounts: ShopAccounts(), userID: 0, groupID: 0)
    }

    private func maker() throws -> CrontabTaskMaker {
        CrontabTaskMaker(
            zones: { try ZoneFixtures.rules($0) },
            defaultZone: try ZoneFixtures.rules("Europe/Berlin"),
            host: host()
        )
    }

    private func proof(
        of text: String = ProofTests.shop,
        _ change: (inout [TaskDefinition]) -> Void = { _ in },
        isLive: Bool = false
    ) throws -> Proof {
        let crontab = Crontab(parsing: Array(text.utf8), path: "/etc/cron.d/shop", owner: .system)
        var sources = CrontabSources(CrontabCollection())
        sources.crontabs = [crontab]
        var tasks = try maker().tasks(of: [crontab]).tasks
        for index in tasks.indices { tasks[index].crontabLine = nil }
        change(&tasks)
        let start = try ZoneFixtures.instant("2026-11-26T00:00:00Z")
        return Proof(
            of: sources,
            tasks: isLive ? nil : tasks,
            live: try maker(),
            machine: (try ZoneFixtures.rules("Europe/Berlin"), { try ZoneFixtures.rules($0) }, host()),
            from: start,
            until: start.advanced(byYears: 2)
        )
    }

    /// What is found beside the explained differences: the line's command and the finding's name or key.
    private func findings(_ proof: Proof) -> [String] {
        proof.lines.flatMap { line in
            line.findings.filter { !$0.isExplained }.map { finding in
                if case .setting(let difference) = finding.kind { return "\(line.job.command): \(difference.key)" }
                return "\(line.job.command): \(finding.name)"
            }
        }
    }

    @Test("live crontabs are the same, line for line")
    func live() throws {
        let proof = try proof(isLive: true)
        #expect(proof.isEqual && proof.lines.count == 8, "\(findings(proof))")
        #expect(proof.lines.allSatisfy { $0.isEqual && $0.taskName != nil })
        #expect(proof.lines[0].agreeing == 731)
        #expect(proof.changeCount == 4)
    }

    @Test("several ticks in a gap are explained")
    func joined() throws {
        let proof = try proof(of: "0,30 2 * * * root x\n", isLive: true)
        #expect(proof.isEqual && proof.lines[0].findings.map(\.name) == ["joined"])
        #expect(proof.lines[0].findings[0].count == 2)
    }

    @Test("CRON_TZ is explained, and what happens in its zone is compared all the same")
    func zone() throws {
        let text = "CRON_TZ=Asia/Tehran\n0 4 * * * root x\n"
        let proof = try proof(of: text, isLive: true)
        #expect(proof.isEqual && proof.lines[0].findings.map(\.name) == ["cron_tz"])
        #expect(proof.lines[0].agreeing == 731)
        let other = try self.proof(of: text) { tasks in
            tasks[0].schedule?.schedule = Schedule(
                try! CronExpression("1 4 * * *"),
                in: try! ZoneFixtures.rules("Asia/Tehran")
            )
        }
        #expect(!other.isEqual)
    }

    @Test("a file that cron ignores for a broken line is explained")
    func broken() throws {
        let proof = try proof(of: "0 4 * * * root x\n61 * * * * root y\n", isLive: true)
        #expect(proof.isEqual && proof.lines.count == 1)
        #expect(proof.lines[0].findings.map(\.kind) == [.brokenFile(line: 2)])
        #expect(proof.unread.map(\.line) == [2])
    }

    @Test("a user that does not exist runs under neither")
    func noUser() throws {
        let proof = try proof(of: "0 4 * * * nobody-here x\n", isLive: true)
        #expect(proof.isEqual && proof.lines[0].findings.map(\.kind) == [.noUser("nobody-here")])
    }

    @Test("imported tasks as they are differ in nothing but @reboot, which almanac.toml has otherwise")
    func imported() throws {
        #expect(findings(try proof()) == ["boot: reboot"])
    }

    /// A change to the tasks, by the command of the one it is about, and what is to be found.
    struct Planted: CustomTestStringConvertible {
        let command: String
        let found: String
        let change: @Sendable (inout TaskDefinition) -> Void

        init(_ command: String, _ found: String, _ change: @escaping @Sendable (inout TaskDefinition) -> Void) {
            (self.command, self.found, self.change) = (command, found, change)
        }

        var testDescription: String { "\(command): \(found)" }
    }

    private static func schedule(
        _ task: inout TaskDefinition,
        _ text: String? = nil,
        gap: GapPolicy? = nil,
        fold: FoldPolicy? = nil,
        hourly: Bool? = nil
    ) {
        guard let old = task.schedule?.schedule else { return }
        task.schedule?.schedule = Schedule(
            text.flatMap { try? CronExpression($0) } ?? old.expression,
            in: old.zone,
            gap: gap ?? old.gap,
            fold: fold ?? old.fold,
            hourly: hourly ?? old.hourly
        )
    }

    static let changes: [Planted] = [
        Planted("backup --all", "cron_only") { schedule(&$0, "1 4 * * *") },
        Planted("backup --all", "cron_only") { schedule(&$0, "0 4 * * 1-6") },
        Planted("backup --all", "almanac_only") { schedule(&$0, "0 4,16 * * *") },
        Planted("poll", "almanac_only") { schedule(&$0, gap: .run) },
        Planted("poll", "cron_only") { schedule(&$0, fold: .first) },
        Planted("half-past", "cron_only") { schedule(&$0, hourly: true) },
        Planted("hourly", "cron_only") { schedule(&$0, hourly: false) },
        Planted("backup --all", "no_task") {
            $0.command = "backup"; schedule(&$0, "5 4 * * *")
        },
        Planted("backup --all", "run") { $0.command = "backup" },
        Planted("poll", "user") { $0.settings.identity?.userID = 0 },
        Planted("poll", "user") { $0.settings.identity?.groupID = 0 },
        Planted("poll", "user") { $0.settings.identity?.supplementaryGroupIDs.append(27) },
        Planted("poll", "env.PATH") { $0.settings.environment["PATH"] = "/bin" },
        Planted("poll", "env.EXTRA") { $0.settings.environment["EXTRA"] = "1" },
        Planted("poll", "shell") { $0.settings.shell = "/bin/zsh" },
        Planted("poll", "working_dir") { $0.settings.workingDirectory = "/tmp" },
        Planted("poll", "mail_to") { $0.settings.mail?.to = "root" },
        Planted("poll", "mail_to") { $0.settings.mail = nil },
        Planted("poll", "mail_on") { $0.settings.mail?.on = .failure },
        Planted("odd", "mail_to") { $0.settings.mail = MailSettings(to: "root") },
        Planted("mail -s report root", "stdin") { $0.settings.standardInput = "Hello\n" },
        Planted("poll", "max_concurrent") { $0.maxConcurrent = 1 },
        Planted("poll", "max_concurrent") { $0.onOverlap = .skip },
        Planted("poll", "catch_up") { $0.catchUp = .latest },
        Planted("poll", "timeout") { $0.timeout = .seconds(60) },
        Planted("poll", "retry_attempts") { $0.retry.attempts = 1 },
        Planted("poll", "jitter") { $0.jitter = .seconds(60) },
        Planted("poll", "run_on_start") { $0.runsOnStart = true },
        Planted("poll", "umask") { $0.settings.umask = 0o77 },
        Planted("poll", "nice") { $0.settings.nice = 5 },
        Planted("poll", "conventions") { $0.settings.conventions = .almanac },
        Planted("poll", "cron_only") { $0.schedule = nil },
    ]

    @Test("one change to one task is found, and nothing else", arguments: changes)
    func oneChange(row: Planted) throws {
        let proof = try proof { tasks in
            guard let index = tasks.firstIndex(where: { $0.command == row.command }) else { return }
            row.change(&tasks[index])
        }
        let found = findings(proof).filter { $0 != "boot: reboot" }
        #expect(!proof.isEqual)
        #expect(found.contains("\(row.command): \(row.found)"), "\(found)")
        #expect(found.allSatisfy { $0.hasPrefix("\(row.command): ") }, "\(found)")
    }

    @Test("a task that is gone is found, one too many is told")
    func missing() throws {
        let proof = try proof { tasks in
            tasks.removeAll { $0.command == "either" }
            tasks.append(TaskDefinition(name: "mine", command: "mine"))
        }
        #expect(findings(proof) == ["boot: reboot", "either: no_task"])
        #expect(proof.otherTasks == ["mine"])
    }

    @Test("the report says how many agree, and what does not")
    func report() throws {
        var output = OutputBuffer()
        ProofReport(
            proof: try proof(of: "0,30 2 * * * root x\n15 4 * * * www y\n") { $0.removeAll { $0.command == "y" } },
            years: 2
        )
        .write(to: &output, colour: .off)
        #expect(
            output.text.hasSuffix(
                """
                /etc/cron.d/shop:1: 0,30 2 * * * x
                  explained: several of its times lie in a gap: cron starts it once for each of them at the same moment, here it runs once and the others are dst_skipped: 2 times
                    Sun 2027-03-28 03:00:00 CEST, for 02:00 and 02:30
                    Sun 2028-03-26 03:00:00 CEST, for 02:00 and 02:30
                /etc/cron.d/shop:2: 15 4 * * * y
                  different: no task stands for the line: cron runs it, and nothing runs it here

                2 lines of 1 file over 2 years with 4 clock changes of Europe/Berlin: 0 the same, 1 with explained differences, 1 different; 1458 firings agree

                """
            ),
            "\(output.text)"
        )
    }
}

private struct ShopAccounts: AccountDatabase {
    private static let accounts = [
        Account(name: "root", userID: 0, groupID: 0, home: "/root"),
        Account(name: "www", userID: 33, groupID: 33, home: "/var/www"),
    ]

    func account(named name: String) -> Account? { Self.accounts.first { $0.name == name } }
    func account(withID id: UInt32) -> Account? { Self.accounts.first { $0.userID == id } }
    func groupID(named name: String) -> UInt32? { nil }
    func groupIDs(ofUser name: String, with groupID: UInt32) -> [UInt32] { [groupID] + (name == "www" ? [4] : []) }
}
