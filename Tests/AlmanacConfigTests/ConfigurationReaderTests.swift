import AlmanacCalendar
import AlmanacConfig
import AlmanacModel
import Testing

@Suite("A configuration says what its file says, and defaults say the rest")
struct ConfigurationReaderTests {
    /// The README's first configuration.
    static let example = """
        [scheduler]
        timezone = "Europe/Berlin"

        [tasks.backup]
        description = "Dump the database and keep it for a week"
        cron = "30 2 * * *"
        timeout = "1h30m"
        run = \"""
        sqlite3 /srv/app/app.db ".backup '/srv/backup/app.db'"
        find /srv/backup -mtime +7 -delete
        \"""

        [tasks.heartbeat]
        group = "Monitoring"
        cron = "*/5 * * * *"
        on_overlap = "skip"
        run = "curl -fsS https://example.com/health"

        [tasks.report]
        description = "Started by hand, over the API, and at each start"
        run_on_start = true
        run = 'report --to "$HOME/reports"'

        """

    @Test("The example is read, its tasks in the order of their names")
    func readsExample() throws {
        let configuration = try ConfigurationFixture.read(Self.example)
        #expect(configuration.tasks.map(\.name) == ["backup", "heartbeat", "report"])
        #expect(configuration.defaultZone.id == ZoneID("Europe/Berlin"))
        #expect(configuration.zoneSource == .config)

        let backup = configuration.tasks[0]
        #expect(backup.summary == "Dump the database and keep it for a week")
        #expect(
            backup.command == """
                sqlite3 /srv/app/app.db ".backup '/srv/backup/app.db'"
                find /srv/backup -mtime +7 -delete

                """
        )
        #expect(backup.schedule?.text == "30 2 * * *")
        #expect(backup.schedule?.schedule.expression == (try CronExpression("30 2 * * *")))
        #expect(backup.schedule?.schedule.zone.id == ZoneID("Europe/Berlin"))
        #expect(backup.schedule?.hasOwnZone == false)
        #expect(backup.timeout == .seconds(5400))

        let heartbeat = configuration.tasks[1]
        #expect(heartbeat.group == "Monitoring")
        #expect(heartbeat.onOverlap == .skip)
        #expect(!heartbeat.runsOnStart)

        let report = configuration.tasks[2]
        #expect(report.schedule == nil)
        #expect(report.runsOnStart)
        #expect(report.command == #"report --to "$HOME/reports""#)
    }

    @Test("A task needs no more than its command")
    func taskDefaults() throws {
        let configuration = try ConfigurationFixture.read("tasks.hello.run = 'echo hello'")
        let task = try #require(configuration.tasks.first)
        #expect(task.name == "hello")
        #expect(task.command == "echo hello")
        #expect(task.summary == nil)
        #expect(task.group == nil)
        #expect(task.schedule == nil)
        #expect(!task.runsOnStart)
        #expect(task.allowsAPITrigger)
        #expect(task.onOverlap == .queue)
        #expect(task.maxConcurrent == 1)
        #expect(task.queueMax == 100)
        #expect(task.timeout == nil)
        #expect(task.gracefulStop == .seconds(5))
    }

    @Test("Every key of a task is read")
    func everyTaskKey() throws {
        let configuration = try ConfigurationFixture.read(
            """
            [tasks."nightly.dump:1_a-B"]
            run = "true"
            cron = "0 30 2 * * *"
            timezone = "Asia/Tokyo"
            description = "Größe"
            group = "Datenbank"
            run_on_start = true
            api_trigger = false
            on_overlap = "skip"
            max_concurrent = 1024
            queue_max = 0
            timeout = "2d"
            graceful_stop = "0s"
            """
        )
        let task = try #require(configuration.tasks.first)
        #expect(task.name == "nightly.dump:1_a-B")
        #expect(task.command == "true")
        #expect(task.schedule?.text == "0 30 2 * * *")
        #expect(task.schedule?.schedule.zone.id == ZoneID("Asia/Tokyo"))
        #expect(task.schedule?.hasOwnZone == true)
        #expect(task.summary == "Größe")
        #expect(task.group == "Datenbank")
        #expect(task.runsOnStart)
        #expect(!task.allowsAPITrigger)
        #expect(task.onOverlap == .skip)
        #expect(task.maxConcurrent == 1024)
        #expect(task.queueMax == 0)
        #expect(task.timeout == .seconds(172_800))
        #expect(task.gracefulStop == .zero)
    }

    @Test(
        "An empty file is a configuration without tasks, in the system's zone",
        arguments: ["", "# nothing\r\n", "\u{FEFF}\n"]
    )
    func empty(text: String) throws {
        let configuration = try ConfigurationFixture.read(text)
        #expect(configuration.tasks.isEmpty)
        #expect(configuration.defaultZone.id == ZoneID("Europe/Berlin"))
        #expect(configuration.zoneSource == .system)
        #expect(configuration.api == APISettings(auth: .required))
        #expect(configuration.daemon == DaemonSettings(onStop: .leaveRuns))
        #expect(configuration.scheduler == SchedulerSettings(grace: .seconds(60)))
    }

    @Test("Every key of the other tables is read")
    func everySetting() throws {
        let configuration = try ConfigurationFixture.read(
            """
            api.auth = "none"
            daemon = { on_stop = "stop_runs" }
            [scheduler]
            timezone = 'Asia/Tokyo'
            grace = "90s"
            """
        )
        #expect(configuration.api.auth == .none)
        #expect(configuration.daemon.onStop == .stopRuns)
        #expect(configuration.scheduler.grace == .seconds(90))
        #expect(configuration.defaultZone.id == ZoneID("Asia/Tokyo"))
        #expect(configuration.zoneSource == .config)
        #expect(try ConfigurationFixture.read(#"api.auth = "required""#).api.auth == .required)
        #expect(try ConfigurationFixture.read(#"daemon.on_stop = "leave_runs""#).daemon.onStop == .leaveRuns)
    }

    @Test("The scheduler's zone is that of the tasks above it too")
    func zoneBelowTasks() throws {
        let configuration = try ConfigurationFixture.read(
            """
            [tasks.a]
            run = "true"
            cron = "0 9 * * *"
            [scheduler]
            timezone = "Asia/Tokyo"
            """
        )
        #expect(configuration.tasks[0].schedule?.schedule.zone.id == ZoneID("Asia/Tokyo"))
        #expect(configuration.tasks[0].schedule?.hasOwnZone == false)
    }

    @Test("A task may name its zone and have no schedule")
    func zoneWithoutSchedule() throws {
        let configuration = try ConfigurationFixture.read("[tasks.a]\nrun = 'true'\ntimezone = 'UTC'")
        #expect(configuration.tasks[0].schedule == nil)
    }

    @Test("@reboot is a schedule without a time")
    func reboot() throws {
        let configuration = try ConfigurationFixture.read("[tasks.a]\nrun = 'true'\ncron = '@reboot'")
        #expect(configuration.tasks[0].schedule?.isReboot == true)
    }

    @Test(
        "A value means the same however TOML writes it",
        arguments: [
            #"run = "a \"b\" c""#, #"run = 'a "b" c'"#, #"run = """a "b" c""""#, #"run = '''a "b" c'''"#,
            "run = \"\"\"\r\na \"b\" \\\r\n   c\"\"\"", #""r\u0075n" = "a \u0022b\u0022 c""#,
        ]
    )
    func strings(line: String) throws {
        #expect(try ConfigurationFixture.read("[tasks.a]\n" + line).tasks[0].command == #"a "b" c"#)
    }

    @Test(
        "A task means the same however TOML writes its table",
        arguments: [
            "[tasks.a]\nrun = 'x'\ntimeout = '1s'",
            "[tasks]\na.run = 'x'\na.timeout = '1s'",
            "[tasks]\na = { run = 'x', timeout = '1s' }",
            "tasks.a.run = 'x'\ntasks.a.timeout = '1s'",
            "tasks = { a = { run = 'x', timeout = '1s' } }",
            "[ tasks . \"a\" ] # here\r\nrun='x'\r\ntimeout='1s'\r\n",
            "[tasks]\n[tasks.a]\nrun = 'x'\ntimeout = '1s'",
        ]
    )
    func tables(text: String) throws {
        let configuration = try ConfigurationFixture.read(text)
        #expect(configuration.tasks.map(\.name) == ["a"])
        #expect(configuration.tasks[0].command == "x")
        #expect(configuration.tasks[0].timeout == .seconds(1))
    }
}
