import AlmanacCalendar
import AlmanacConfig
import AlmanacDaemon
import AlmanacModel
import AlmanacTesting
import Testing

@testable import AlmanacCommands

@Suite("Real trouble is told with its dates, and nothing else is")
struct LintRuleTests {
    struct Row: CustomTestStringConvertible {
        /// The keys of a task.
        let task: String
        /// The rules that have something to say, and what they say begins with.
        let findings: [String: String]

        init(_ task: String, _ findings: [String: String] = [:]) {
            self.task = task.contains("run =") ? task : "\(task)\nrun = \"true\""
            self.findings = findings
        }

        var testDescription: String { task }
    }

    static let rows = [
        Row(
            "cron = \"30 2 * * *\"",
            [
                "clock-change":
                    "On 2026-03-29 02:30 does not exist in Europe/Berlin: it will run at 03:00. On 2026-10-25 02:30 comes twice"
            ]
        ),
        Row("cron = \"30 3 * * *\""),
        Row("cron = \"30 2 * * *\"\ntimezone = \"UTC\""),
        Row("cron = \"*/5 * * * *\""),
        Row(
            "cron = \"* 5 * * *\"",
            [
                "every-minute":
                    "'* 5 * * *' runs 60 times in hour 5, once a minute, next from 2026-03-29 05:00 on; for once an hour write 0"
            ]
        ),
        Row("cron = \"* */6 * * *\"", ["every-minute": "'* */6 * * *' runs 60 times in each of its hours"]),
        Row("cron = \"* 9-17 * * MON-FRI\""),
        Row(
            "cron = \"0 5 31 * *\"",
            [
                "missing-day":
                    "'0 5 31 * *' skips February, April, June, September and November, next 2026-04, since there is no 31st in them; for a month's last day write L"
            ]
        ),
        Row("cron = \"0 5 30 * *\"", ["missing-day": "'0 5 30 * *' skips February, next 2027-02,"]),
        Row(
            "cron = \"0 5 29 * *\"",
            ["missing-day": "'0 5 29 * *' skips February in all but leap years, next 2027-02"]
        ),
        Row("cron = \"0 5 31 1,3,5 *\""),
        Row("cron = \"0 5 L * *\""),
        Row("cron = \"0 5 29 2 *\""),
        Row(
            "cron = \"0 5 13 * 5\"",
            [
                "either-day":
                    "'0 5 13 * 5' runs on each day that matches day-of-month or day-of-week, not on those that match both, next on 2026-04-03, 2026-04-10, 2026-04-13 and 2026-04-17;"
            ]
        ),
        Row(
            "cron = \"0 5 */2 * 1\"",
            ["either-day": "'0 5 */2 * 1' runs on days that match day-of-month and day-of-week both"]
        ),
        Row("cron = \"0 5 * * 5\""),
        Row("cron = \"0 5 1-7 * *\""),
        Row(
            "cron = \"*/7 * * * *\"",
            ["uneven-step": "*/7 is not every 7 minutes: after minute 56 the next is 0 of the next hour, 4 later;"]
        ),
        Row(
            "cron = \"*/90 * * * *\"",
            ["uneven-step": "*/90 is minute 0 alone, since its step is greater than 59; write 0"]
        ),
        Row(
            "cron = \"0 */5 * * *\"",
            ["uneven-step": "*/5 is not every 5 hours: after hour 20 the next is 0 of the next day, 4 later;"]
        ),
        Row(
            "cron = \"0 5 */2 * *\"",
            [
                "uneven-step":
                    "*/2 starts over on the 1st of each month: after 2026-03-31 the next is 2026-04-01, not 2 days later"
            ]
        ),
        Row("cron = \"5-55/10 * * * *\""),
        Row("cron = \"*/15 */6 * * *\"\ntimezone = \"UTC\""),
        Row("cron = \"@reboot\"", ["reboot": "@reboot runs it at each start of the daemon"]),
        Row("cron = \"@every 7m\""),
        Row("cron = \"@daily\""),
        Row(
            "cron = \"*/10 * * * *\"\ntimeout = \"1h\"",
            [
                "time-limit":
                    "timeout = 1h is longer than the 10m between two firings: a run that takes its time makes those behind it wait, up to 100 of them"
            ]
        ),
        Row("cron = \"*/10 * * * *\"\ntimeout = \"1h\"\non_overlap = \"skip\""),
        Row(
            "cron = \"*/10 * * * *\"\ntimeout = \"1h\"\non_overlap = \"terminate\"",
            ["time-limit": "timeout = 1h never comes: the next firing, 10m later,"]
        ),
        Row("cron = \"*/10 * * * *\"\ntimeout = \"5m\""),
        Row(
            "cron = \"*/5 * * * *\"\ncatch_up = \"all\"",
            ["catch-up": "catch_up = \"all\" makes 100 runs at once after a day without the daemon"]
        ),
        Row("cron = \"0 * * * *\"\ncatch_up = \"all\""),
        Row("cron = \"@daily\"\nrun = 'date +\\%F > /x'", ["percent": "\\% is how a crontab writes %"]),
        Row(
            "cron = \"@daily\"\nrun = \"/no/such/program --all\"",
            ["program": "there is no /no/such/program; install it, or correct the path"]
        ),
        Row(
            "cron = \"@daily\"\nrun = \"/etc/passwd\"",
            [
                "program":
                    "/etc/passwd is not executable for the job's user; chmod +x it, or let a shell read it: sh /etc/passwd"
            ]
        ),
        Row(
            "cron = \"@daily\"\nrun = \"no-such-program | sort\"",
            ["program": "there is no program no-such-program in the daemon's PATH;"]
        ),
        Row(
            "cron = \"@daily\"\nrun = \"sort x\"\nenv = { PATH = \"/nowhere\" }",
            [
                "program":
                    "the job's PATH, /nowhere, does not lead to sort, which is /usr/bin/sort; write that path, or set PATH"
            ]
        ),
        Row("run = \"no-such-program\"", ["program": "there is no program no-such-program"]),
    ]

    private func jobs(of text: String) throws -> [LintJob] {
        let machine = try ZoneFixtures.machine()
        let configuration = try ConfigurationReader(machine).read(text: text, path: "almanac.toml")
        let host = ConfigurationHost(processWith: [:])
        return configuration.tasks.map { LintJob($0, path: "almanac.toml", line: nil, host: host) }
    }

    private func circumstances(hasMailer: Bool = true) throws -> LintCircumstances {
        LintCircumstances(
            now: try ZoneFixtures.instant("2026-03-28T12:00:00Z"),
            hasMailer: hasMailer,
            daemonPath: "/usr/bin:/bin"
        )
    }

    @Test("a task and its troubles", arguments: rows)
    func task(row: Row) throws {
        let job = try #require(try jobs(of: "[tasks.a]\n\(row.task)\n").first)
        let circumstances = try circumstances()
        var found: [String: String] = [:]
        for rule in LintRules.all {
            for message in rule.messages(for: job, circumstances) { found[rule.name] = message }
        }
        #expect(Set(found.keys) == Set(row.findings.keys), "\(found)")
        for (rule, beginning) in row.findings {
            #expect(found[rule]?.hasPrefix(beginning) == true, "\(found[rule] ?? "nothing")")
            // Each says what to do.
            #expect(found[rule]?.contains(";") == true, "\(found[rule] ?? "nothing")")
        }
    }

    @Test("thirty jobs at 05:00 are a crowd, said once, with their names and the mend")
    func cluster() throws {
        let text = (0..<30).map { "[tasks.job\($0 < 10 ? "0" : "")\($0)]\ncron = \"0 5 * * *\"\nrun = \"true\"\n" }
            .joined()
        let findings = ClusterRule().findings(for: try jobs(of: text), try circumstances())
        #expect(findings.count == 1)
        #expect(
            findings.first?.message
                == "30 jobs start at 05:00, next on 2026-03-29: job00, job01, job02, job03, job04 and 25 more; "
                + "give them other minutes, or jitter = \"15m\" in almanac.toml"
        )
        let spread = "[defaults]\njitter = \"15m\"\n" + text
        #expect(ClusterRule().findings(for: try jobs(of: spread), try circumstances()).isEmpty)
        #expect(
            ClusterRule().findings(
                for: try jobs(of: "[tasks.a]\nrun = \"true\"\ncron = \"* * * * *\"\n"),
                try circumstances()
            ).isEmpty
        )
    }

    @Test("a line is found by its task's table")
    func lines() {
        let lines = TaskLines(of: "# x\n[tasks.a]\nrun = 1\n  [tasks.\"b.c\"]\n[tasks.a.env]\n")
        #expect(lines["a"] == 2 && lines["b.c"] == 4 && lines["z"] == nil)
    }

    @Test("programs are looked up as the job's user would")
    func executables() throws {
        let folder = TemporaryFolder()
        let script = folder.write("#!/bin/sh\n", to: "script")
        let me = ExecutableSearch.User(userID: 0, groupIDs: [0])
        let other = ExecutableSearch.User(userID: 54321, groupIDs: [54321])
        #expect(ExecutableSearch.look(at: script, as: me) == .notExecutable)
        #expect(ExecutableSearch.look(at: folder.path, as: me) == .notExecutable)
        #expect(ExecutableSearch.look(at: "\(script)/x", as: me) == .missing)
        #expect(ExecutableSearch.look(at: "/bin/sh", as: other) == .found)
        #expect(ExecutableSearch.look(at: "/no/such", as: other) == .missing)
    }
}
