import AlmanacCalendar
import AlmanacConfig
import AlmanacModel
import AlmanacTesting
import Testing

@testable import AlmanacCommands

@Suite("What is imported from crontabs does what the crontabs do")
struct CronImportTests {
    private static let berlin = "CET-1CEST,M3.5.0,M10.5.0/3"

    private struct Accounts: AccountDatabase {
        func account(named name: String) -> Account? {
            switch name {
            case "root": Account(name: "root", userID: 0, groupID: 0, home: "/root")
            case "alice": Account(name: "alice", userID: 1000, groupID: 1000, home: "/home/alice")
            default: nil
            }
        }

        func account(withID id: UInt32) -> Account? { account(named: id == 0 ? "root" : "alice") }
        func groupID(named name: String) -> UInt32? { nil }
        func groupIDs(ofUser name: String, with groupID: UInt32) -> [UInt32] { [groupID] }
    }

    private let host = ConfigurationHost(
        environment: [:],
        currentFolder: "/",
        accounts: Accounts(),
        userID: 0,
        groupID: 0
    )

    private static func zone(_ id: ZoneID) throws -> ZoneRules {
        try ZoneRules(id: id, posixTZ: id.name == "Asia/Tokyo" ? "JST-9" : berlin)
    }

    private func reader() -> ConfigurationReader {
        ConfigurationReader(
            zones: { try Self.zone($0) },
            systemZone: { (try Self.zone(ZoneID("Europe/Berlin")), nil) },
            host: host
        )
    }

    private func result(_ text: String, path: String = "/etc/crontab", owner: Crontab.Owner = .system) throws
        -> CronImport
    {
        let crontab = Crontab(parsing: Array(text.utf8), path: path, owner: owner)
        let maker = CrontabTaskMaker(
            zones: { try Self.zone($0) },
            defaultZone: try Self.zone(ZoneID("Europe/Berlin")),
            host: host
        )
        return CronImport(CrontabSources(CrontabCollection(crontabs: [crontab])), maker: maker)
    }

    @Test("A crontab becomes a file that people can read")
    func readable() throws {
        let result = try result(
            """
            SHELL=/bin/bash
            MAILTO=ops@example.org
            # m h dom mon dow user command

            # Saves the database
            5 3 * * * root /opt/backup-db.sh --all
            */10 2 * * 1-5 alice cd /srv && ./report ${X} "a" 'b'
            30 0-23 * * * root PATH=/bin x%in%put
            """ + "\n"
        )
        let imported = result.configuration(.text)
        let text = imported.text
        #expect(
            text == """
                # Imported by 'almanac import cron' from /etc/crontab.

                [defaults]
                conventions = "cron"
                catch_up = "skip"
                max_concurrent = 1024
                mail_to = "ops@example.org"
                env = { SHELL = "/bin/bash", MAILTO = "ops@example.org" }

                # /etc/crontab:6
                [tasks.backup-db]
                description = "Saves the database"
                cron = "5 3 * * *"
                run = "/opt/backup-db.sh --all"
                user = "root"

                # /etc/crontab:7
                [tasks.report]
                cron = "*/10 2 * * 1-5"
                dst_gap = "skip"
                dst_fold = "both"
                run = "cd /srv && ./report ${X} \\"a\\" 'b'"
                user = "alice"

                # /etc/crontab:8
                # Doubt: the command ends at the first % that has no backslash before it; what follows became its stdin
                [tasks.x]
                cron = "30 0-23 * * *"
                dst_hourly = false
                run = "PATH=/bin x"
                stdin = \"\"\"
                in
                put
                \"\"\"
                user = "root"

                """
        )
        #expect(result.isComplete)
        #expect(result.summary == ["/etc/crontab: 8 lines: 3 tasks, 2 variables, 2 comments, 1 blank, 0 not taken"])
        let configuration = try reader().read(text: text, path: "almanac.toml")
        #expect(result.differences(in: configuration, of: imported).isEmpty)
    }

    @Test("Every line is accounted for, and what is not taken makes the import incomplete")
    func account() throws {
        let result = try result(
            "A=\n@daily ghost x\n0 22-2 * * * root true\nCRON_TZ=Asia/Tokyo\n@reboot root true\n* * * * * root  \n@daily root true"
        )
        #expect(!result.isComplete)
        #expect(result.lines.map(\.entry.line) == [3, 5])
        let account = result.account.filter { !$0.contains("sendmail") }
        #expect(
            account.map { String($0.prefix(34)) } == [
                "/etc/crontab:1: not imported: the ", "/etc/crontab:2: not imported: ther",
                "/etc/crontab:3: doubt: hour: the r",
                "/etc/crontab:3: doubt: it never fi",
                "/etc/crontab:4: doubt: CRON_TZ: th",
                "/etc/crontab:5: doubt: @reboot: fr", "/etc/crontab:6: not imported: it h",
                "/etc/crontab:7: not imported: the ",
            ]
        )
        #expect(result.summary == ["/etc/crontab: 7 lines: 2 tasks, 1 variable, 0 comments, 0 blank, 4 not taken"])
        let tasks = try reader().read(text: result.configuration(.text).text, path: "almanac.toml").tasks
        #expect(tasks.map(\.schedule?.text) == [nil, "@reboot"])
        #expect(tasks[1].schedule?.schedule.zone.id.name == "Asia/Tokyo")
    }

    @Test("Into a file that has tasks already goes nothing that the others would inherit")
    func beside() throws {
        let result = try result("MAILTO=a\n@daily root x\n")
        let imported = result.configuration(.appended)
        let text = imported.text
        #expect(
            text == """
                # /etc/crontab:2
                # Doubt: no folder of its PATH, /usr/bin:/bin, has a program x
                [tasks.x]
                cron = "@daily"
                run = "x"
                conventions = "cron"
                catch_up = "skip"
                max_concurrent = 1024
                user = "root"
                env = { MAILTO = "a" }
                mail_to = "a"

                """
        )
        let plain = try reader().read(text: text, path: "almanac.toml")
        #expect(result.differences(in: plain, of: imported).isEmpty)
        let other = try reader().read(
            text: "[defaults]\ntimeout = '1h'\nenv = { B = 'b' }\n" + text,
            path: "almanac.toml"
        )
        #expect(
            result.differences(in: other, of: imported)
                == ["doubt: /etc/crontab:2: the task x differs from the line in timeout, env, for what [defaults] says"]
        )
    }

    @Test("Several imports into one file leave each other alone, and none comes twice")
    func twice() throws {
        let first = try result("A=1\nMAILTO=a\n@daily x\n", path: "/tab", owner: .user("alice"))
        let second = try result("MAILTO=\"\"\n@hourly root x\n")
        let one = first.configuration(.newFile)
        let before = try reader().read(text: one.text, path: "almanac.toml")
        let two = second.configuration(.appended, beside: before.tasks)
        #expect(two.tasks.map(\.name) == ["x-2"])
        let configuration = try reader().read(text: one.text + "\n" + two.text, path: "almanac.toml")
        #expect(configuration.tasks.map(\.name) == ["x", "x-2"])
        #expect(first.differences(in: configuration, of: one).isEmpty)
        #expect(second.differences(in: configuration, of: two).isEmpty)
        #expect(second.configuration(.appended, beside: configuration.tasks).tasks.map(\.name) == ["x-2"])
        #expect(first.configuration(.appended, beside: configuration.tasks).tasks.map(\.name) == ["x"])
    }

    @Test("A variable that no task can have is a doubt")
    func names() throws {
        let result = try result("\"a b\"=1\n=2\n@daily root true\n")
        #expect(result.lines.first?.doubts.count == 2)
        let imported = result.configuration(.text)
        let configuration = try reader().read(text: imported.text, path: "almanac.toml")
        #expect(configuration.tasks.first?.settings.environment == [:])
        #expect(result.differences(in: configuration, of: imported).isEmpty)
    }

    @Test(
        "Random crontabs: the imported task is the live one, but for its name",
        arguments: [UInt64(1), 2, 3, 4, 5, 6]
    )
    func same(seed: UInt64) throws {
        var random = CronTextGenerator(seed: seed)
        for round in 0..<30 {
            let isSystem = round.isMultiple(of: 2)
            let text = random.crontab(isSystem: isSystem)
            let result = try result(text, owner: isSystem ? .system : .user("alice"))
            for layout in [CronImport.Layout.text, .newFile, .appended] {
                let imported = result.configuration(layout)
                let configuration = try reader().read(text: imported.text, path: "almanac.toml")
                #expect(configuration.tasks.count == result.lines.count)
                let tasks = Dictionary(uniqueKeysWithValues: configuration.tasks.map { ($0.name, $0) })
                for (task, line) in zip(imported.tasks, result.lines) {
                    let found = try #require(tasks[task.name])
                    #expect(found.differences(from: line.live) == [], "\(text)")
                    #expect(found.schedule?.schedule == line.live.schedule?.schedule)
                    #expect(found.crontabLine == nil)
                    // What is left are the headers of a mail that show cron's environment.
                    var settings = line.live.settings
                    settings.mail?.cronEnvironment = []
                    #expect(found.settings == settings, "\(text)")
                }
            }
        }
    }
}

/// Crontabs of plain and of odd lines, all of which can be imported.
private struct CronTextGenerator {
    private var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    private mutating func any(_ choices: [String]) -> String { choices.randomElement(using: &random) ?? "" }

    mutating func crontab(isSystem: Bool) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 1...25, using: &random) {
            switch Int.random(in: 0..<6, using: &random) {
            case 0: text += variable() + "\n"
            case 1: text += any(["", "# a comment", "# \"quotes\" ${x} \\ 'x'", "#"]) + "\n"
            default: text += "\(time()) \(isSystem ? any(["root", "alice"]) + " " : "")\(command())\n"
            }
        }
        return text
    }

    private mutating func variable() -> String {
        any([
            "A=1", "A=2", "B='${HOME} $${x} \"q\"'", "PATH=/usr/bin:/bin:/usr/local/bin", "SHELL=/bin/bash",
            "SHELL=/bin/sh", "HOME=/srv",
            "HOME=\"\"", "MAILTO=\"\"", "MAILTO=root", "MAILTO=a@b.c,d", "MAILTO='x y'", "MAILFROM=cron@x.y",
            "LOGNAME=bob",
            "CRON_TZ=Asia/Tokyo", "TZ=Asia/Tokyo", "CONTENT_TYPE=text/html", "C=\\n\\\\'\"", "D=\u{7F}\u{1}",
            "MAILFROM=\"\"",
        ])
    }

    private mutating func time() -> String {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: any(["@daily", "@hourly", "@reboot", "@weekly", "@monthly", "@yearly", "@midnight"])
        case 1:
            any([
                "*/5 * * * *", "30 0-23 * * *", "*/5 2 * * *", "0 */2 * * *", "*5 1 * * *", "0 22-2 * * *",
                "0 0 30 2 *", "0 0 */2 * 1",
                "0 0 1-31 * 1", "0 0 1 * mon", "0-59 0-23 * * *", "5,*/7 3 * * 5-7", "0 0 9-1 * 5",
            ])
        default:
            "\(Int.random(in: 0..<60, using: &random)) \(any(["*", "2", "2-3", "*/6"])) \(any(["*", "1", "*/3", "1,15"])) * "
                + any(["*", "1-5", "sun", "*/2"])
        }
    }

    private mutating func command() -> String {
        any([
            "true", "  true", "echo \"a\" 'b' \\x ${X:-1} $(date)", "a%in%put\\%", "date +\\%F", "x \"\"\" ''' y",
            "é > /dev/null 2>&1", "a\r",
            "cd /srv && ./x.sh", "\ttabbed\tx", "x # y", "printf 'a\\\\nb'", "true%\"\"\"%'''%\\", "a \\\\", "echo $$",
        ])
    }
}
