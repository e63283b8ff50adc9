import AlmanacCalendar
import AlmanacConfig
import AlmanacModel
import Testing

@Suite("A crontab's line is a task that does what cron does")
struct CrontabTaskTests {
    static func maker(userID: UInt32 = 0, zone: ZoneRules? = nil) throws -> CrontabTaskMaker {
        CrontabTaskMaker(
            zones: { id in
                guard id.name == "Asia/Tokyo" else {
                    throw ConfigurationFixture.UnknownZone(description: #"there is no zone "\#(id.name)""#)
                }
                return try ZoneRules(id: id, posixTZ: "JST-9")
            },
            defaultZone: try zone ?? ZoneRules(id: ZoneID("Europe/Berlin"), posixTZ: "CET-1CEST,M3.5.0,M10.5.0/3"),
            host: ConfigurationFixture.host(userID: userID)
        )
    }

    private static func tasks(_ crontab: Crontab, userID: UInt32 = 0) throws -> [TaskDefinition] {
        let (tasks, faults) = try maker(userID: userID).tasks(of: [crontab])
        #expect(faults.isEmpty)
        return tasks.sorted { ($0.crontabLine?.number ?? 0) < ($1.crontabLine?.number ?? 0) }
    }

    private static let alice = CommandSettings.Identity(
        text: "alice",
        userName: "alice",
        userID: 1000,
        groupID: 1000,
        supplementaryGroupIDs: [1000, 27, 100],
        home: "/home/alice"
    )

    @Test("Everything that a line and its variables say")
    func whole() throws {
        let task = try #require(
            Self.tasks(
                CrontabFixture.system(
                    """
                    SHELL=/bin/bash
                    LOGNAME=mallory
                    MAILTO=ops@example.org,root
                    MAILFROM=cron@example.org
                    CONTENT_TYPE="text/html"
                    # Saves what
                    # is dear to us
                    5 3 * * *\talice  /opt/backup.sh --all%yes%no
                    """ + "\n"
                )
            ).first
        )
        #expect(task.name.wholeMatch(of: /crontab:backup-[0-9a-z]{7}/) != nil)
        #expect(task.command == " /opt/backup.sh --all")
        #expect(task.summary == "Saves what is dear to us")
        #expect(task.crontabLine == CrontabLine(file: "/etc/crontab", number: 8))
        #expect(task.schedule?.text == "5 3 * * *")
        #expect(task.schedule?.hasOwnZone == false)
        #expect(task.onOverlap == .queue && task.maxConcurrent == 1024 && task.catchUp == .skip)
        #expect(task.timeout == nil && task.retry.attempts == 0 && !task.runsOnStart)
        #expect(
            task.settings
                == CommandSettings(
                    shell: "/bin/bash",
                    workingDirectory: "/home/alice",
                    identity: Self.alice,
                    environment: [
                        "SHELL": "/bin/bash", "MAILTO": "ops@example.org,root", "MAILFROM": "cron@example.org",
                        "CONTENT_TYPE": "text/html",
                    ],
                    conventions: .cron,
                    standardInput: "yes\nno\n",
                    mail: MailSettings(
                        to: "ops@example.org,root",
                        from: "cron@example.org",
                        contentType: "text/html",
                        cronEnvironment: [
                            "SHELL=/bin/bash", "LOGNAME=alice", "MAILTO=ops@example.org,root",
                            "MAILFROM=cron@example.org", "CONTENT_TYPE=text/html", "HOME=/home/alice",
                            "PATH=/usr/bin:/bin",
                        ]
                    )
                )
        )
    }

    @Test("A user's own crontab: the user's home, the user's mail")
    func own() throws {
        let task = try #require(Self.tasks(CrontabFixture.user("@daily x\n")).first)
        #expect(task.name.wholeMatch(of: /alice:x-[0-9a-z]{7}/) != nil)
        #expect(
            task.settings
                == CommandSettings(
                    workingDirectory: "/home/alice",
                    identity: Self.alice,
                    conventions: .cron,
                    mail: MailSettings(
                        to: "alice",
                        cronEnvironment: ["SHELL=/bin/sh", "HOME=/home/alice", "PATH=/usr/bin:/bin", "LOGNAME=alice"]
                    )
                )
        )
        // The daemon of the user itself has its identity already.
        #expect(try Self.tasks(CrontabFixture.user("@daily x\n"), userID: 1000).first?.settings.identity == nil)
    }

    @Test("Runs are kept for as long as [defaults] says")
    func kept() throws {
        let cron = try ConfigurationFixture.read(
            "[defaults]\nkeep_runs = 7\nkeep_for = '2d'\n[cron]\ninclude = ['x']\n"
        ).cron
        #expect(cron.keepRuns == 7 && cron.keepFor == .seconds(172_800))
        let berlin = try ZoneRules(id: ZoneID("Europe/Berlin"), posixTZ: "CET-1CEST,M3.5.0,M10.5.0/3")
        let maker = CrontabTaskMaker(
            zones: { _ in berlin },
            defaultZone: berlin,
            host: ConfigurationFixture.host(),
            settings: cron
        )
        let task = try #require(maker.tasks(of: [CrontabFixture.user("@daily x\n")]).tasks.first)
        #expect(task.keepRuns == 7 && task.keepFor == .seconds(172_800))
        #expect(try Self.tasks(CrontabFixture.user("@daily x\n")).first?.keepRuns == nil)
    }

    @Test("HOME is the working folder, wherever cron would find it")
    func home() throws {
        for (home, folder) in [("/srv", "/srv"), ("\"\"", "/var/spool/cron"), ("x/y", "/var/spool/cron/x/y")] {
            let task = try #require(Self.tasks(CrontabFixture.user("HOME=\(home)\n@daily x\n")).first)
            #expect(task.settings.workingDirectory == folder)
        }
    }

    @Test("Nobody gets a mail with an empty MAILTO, or with one that cron holds for unsafe")
    func mail() throws {
        for value in ["\"\"", "a b", "'-oQ/tmp'", "a;b", "é", "<a@b>", "a\u{1}b", "@a"] {
            let crontab = CrontabFixture.user("MAILTO=\(value)\n@daily x\n")
            #expect(try Self.tasks(crontab).first?.settings.mail == nil, "\(value)")
            #expect(crontab.warnings.count == (value == "\"\"" ? 0 : 1), "\(value)")
        }
        let crontab = CrontabFixture.user("MAILFROM='a b'\nMAILTO=a+b%c@d.e\n@daily x\n")
        #expect(try Self.tasks(crontab).first?.settings.mail?.to == "a+b%c@d.e")
        #expect(try Self.tasks(crontab).first?.settings.mail?.from == nil)
        #expect(crontab.warnings.map(\.line) == [1])
    }

    @Test("Lines of users that do not exist are told, the others run")
    func users() throws {
        let crontab = CrontabFixture.system(
            "@daily ghost x\n@daily root y\n@daily unlucky x\n@daily 1000 x\n@daily alice:adm x\n"
        )
        let (tasks, faults) = try Self.maker().tasks(of: [crontab])
        #expect(tasks.map(\.command) == ["y"])
        #expect(
            faults.map(\.description) == [
                "/etc/crontab:1: there is no user \"ghost\"; correct the line, or add the user",
                "/etc/crontab:3: cannot look up user \"unlucky\": Input/output error",
                "/etc/crontab:4: there is no user \"1000\"; correct the line, or add the user",
                "/etc/crontab:5: there is no user \"alice:adm\"; correct the line, or add the user",
            ]
        )
        let others = try Self.maker(userID: 1000).tasks(of: [CrontabFixture.system("@daily root x\n@daily alice x\n")])
        #expect(others.tasks.map(\.settings.identity) == [nil])
        #expect(others.faults.map(\.line) == [1])
    }

    @Test("CRON_TZ is the zone of the lines below it; one that is not there is told")
    func zones() throws {
        let crontab = CrontabFixture.user("@daily a\nCRON_TZ=Asia/Tokyo\n@daily b\nCRON_TZ=Mars/Base\n@daily c\n")
        let (tasks, faults) = try Self.maker().tasks(of: [crontab])
        let byCommand = Dictionary(uniqueKeysWithValues: tasks.map { ($0.command, $0) })
        #expect(byCommand["a"]?.schedule?.schedule.zone.id.name == "Europe/Berlin")
        #expect(byCommand["b"]?.schedule?.schedule.zone.id.name == "Asia/Tokyo")
        #expect(byCommand["b"]?.schedule?.hasOwnZone == true)
        #expect(byCommand["b"]?.settings.environment == ["CRON_TZ": "Asia/Tokyo"])
        #expect(faults.map(\.description) == [#"/tab:5: CRON_TZ: there is no zone "Mars/Base""#])
    }

    @Test("Each kind of line has what keeps cron's rules at clock changes, and no more")
    func clockChanges() throws {
        let berlin = try ZoneRules(id: ZoneID("Europe/Berlin"), posixTZ: "CET-1CEST,M3.5.0,M10.5.0/3")
        let lordHowe = try ZoneRules(id: ZoneID("Australia/Lord_Howe"), posixTZ: "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0")
        let rows: [(time: String, zone: ZoneRules, gap: GapPolicy, fold: FoldPolicy, hourly: Bool)] = [
            ("30 2 * * *", berlin, .run, .first, true), ("@daily", berlin, .run, .first, true),
            ("30 0-23 * * *", berlin, .run, .first, false), ("*/5 2 * * *", berlin, .skip, .both, true),
            ("0 */2 * * *", berlin, .skip, .both, true), ("*/5 * * * *", berlin, .run, .first, true),
            ("@hourly", berlin, .run, .first, true), ("*/5 * * * *", lordHowe, .skip, .both, true),
            ("30 0-23 * * *", lordHowe, .run, .first, false), ("0-59 0-23 * * *", berlin, .run, .first, false),
        ]
        for row in rows {
            let maker = try Self.maker(zone: row.zone)
            let schedule = try #require(
                maker.tasks(of: [CrontabFixture.user("\(row.time) x\n")]).tasks.first?.schedule?.schedule
            )
            #expect(
                schedule.gap == row.gap && schedule.fold == row.fold && schedule.hourly == row.hourly,
                "\(row.time)"
            )
        }
    }

    @Test("The text of a schedule is the line's where it means the same to us, else the canonical one")
    func text() throws {
        for (time, text) in [
            ("*/5 1-3 * * MON", "*/5 1-3 * * MON"), ("@daily", "@daily"), ("*5 * * * *", "* * * * *"),
            ("@reboot", "@reboot"),
            ("0 0 1-10,22-2 * *", "0 0 1-10 * *"), ("0 0 * * 5-7", "0 0 * * 5-7"), ("0 22-2,4 * * *", "0 4 * * *"),
        ] {
            let task = try #require(Self.tasks(CrontabFixture.user("\(time) x\n")).first)
            #expect(task.schedule?.text == text, "\(time)")
        }
        #expect(try Self.tasks(CrontabFixture.user("@reboot x\n")).first?.schedule?.isReboot == true)
    }

    @Test("A line that never fires is a task without a schedule, to be run by hand")
    func never() throws {
        let tasks = try Self.tasks(CrontabFixture.user("0 22-2 * * * x\n0 0 30 2 * y\n"))
        #expect(tasks.map(\.command) == ["x", "y"])
        #expect(tasks.allSatisfy { $0.schedule == nil })
    }
}

@Suite("The tasks of crontab lines have names that last")
struct CrontabNameTests {
    private static func names(_ text: String) throws -> [String] {
        try CrontabTaskTests.maker().tasks(of: [CrontabFixture.user(text)]).tasks
            .sorted { ($0.crontabLine?.number ?? 0) < ($1.crontabLine?.number ?? 0) }.map(\.name)
    }

    @Test("Edits elsewhere in the file leave a name alone")
    func stable() throws {
        let before = try Self.names("0 1 * * * a\n0 2 * * * b\n")
        let after = try Self.names("# x\nPATH=/bin\n5 5 * * * c\n0   1 * * * a\n0 2 * * * b --more\n")
        #expect(after[1] == before[0])
        #expect(after[2] != before[1])
    }

    @Test("Lines that are the same to the letter are numbered")
    func numbered() throws {
        let names = try Self.names("@daily a\n@daily a\n@daily a\n")
        #expect(Set(names).count == 3)
        #expect(names[1] == names[0] + "-2" && names[2] == names[0] + "-3")
    }

    @Test("Names are valid whatever the command, and no two are the same", arguments: [UInt64(1), 2])
    func valid(seed: UInt64) throws {
        var samples = CrontabSamples(seed: seed)
        let text = (0..<1000).map { _ in samples.line() + "\n" }.joined()
        let names = try Self.names(text)
        #expect(names.count > 100)
        #expect(Set(names).count == names.count)
        for name in names { #expect(TaskDefinition.isValidName(name), "\(name)") }
    }

    @Test("Files and users of any name give valid names")
    func places() throws {
        let maker = try CrontabTaskTests.maker()
        for file in ["/etc/cron.d/sysstat", "/opt/a b/tab", "/etc/cron.d/" + String(repeating: "x", count: 200), "/é"] {
            let crontab = Crontab(parsing: Array("@daily root x\n".utf8), path: file, owner: .system)
            let task = try #require(maker.tasks(of: [crontab]).tasks.first)
            #expect(TaskDefinition.isValidName(task.name), "\(task.name)")
            #expect(task.name.hasPrefix("cron.d:"))
        }
    }

    @Test("The word is that of the program that a line is for")
    func words() {
        let rows = [
            ("/usr/local/bin/backup-db.sh --all", "backup-db"),
            ("cd / && run-parts --report /etc/cron.hourly", "cron.hourly"),
            ("test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; }", "cron.daily"),
            (
                "[ -x /usr/lib/php/sessionclean ] && if [ ! -d /run/systemd/system ]; then /usr/lib/php/sessionclean; fi",
                "sessionclean"
            ),
            ("command -v debian-sa1 > /dev/null && debian-sa1 1 1", "debian-sa1"), ("FOO=1 BAR=2 ./x", "x"),
            ("php /var/www/cron.php >/dev/null", "cron"), ("nice -n 10 rsync -a /a /b", "rsync"),
            ("/usr/bin/env python3 /opt/a_b.py", "a_b"),
            ("", "command"), ("§§", "command"), ("'my program' x", "my"), ("sleep 5; true", "sleep"), ("-x", "x"),
            ("flock -n /run/x.lock /opt/sync.sh", "sync"), ("sudo -u bob nice -n 5 ./y", "y"),
            ("timeout 5m rsync -a a b", "rsync"),
            ("su - alice -c 'make backup'", "make"),
            ("sh -c 'x y'", "sh"),
        ]
        for (command, word) in rows { #expect(CommandWord.word(of: command) == word, "\(command)") }
    }

    @Test("The comment above a line is its summary, but for what was a line and what explains the columns")
    func summaries() {
        let rows: [(String?, String?)] = [
            (nil, nil), ("Saves\nall", "Saves all"), ("For more see crontab(5)\n\nm h  dom mon dow   command", nil),
            ("about the file\nm h dom mon dow user\tcommand\nthe job", "the job"),
            ("0 5 * * * old job\nthe new one", "the new one"),
            ("@daily old", nil), ("----", nil),
            ("Example of job definition:\n.---- minute\n| .--- hour\n*  *  *  *  * user-name command", nil),
            ("tab\there \u{7}", "tab here"),
        ]
        for (comment, summary) in rows { #expect(CrontabComment.summary(of: comment) == summary) }
        let long = CrontabComment.summary(of: String(repeating: "word ", count: 1000))
        #expect(long.map { $0.utf8.count <= 310 && $0.hasSuffix("...") } == true)
    }

    @Test("Ten thousand lines")
    func many() throws {
        let text = (0..<10_000).map { "\($0 % 60) \($0 % 24) * * * job-\($0 % 5000) \($0)\n" }.joined()
        #expect(Set(try Self.names(text)).count == 10_000)
    }
}
