import AlmanacConfig
import Testing

@Suite("Keys that Almanac does not have are refused with the reason, or ignored with a warning where nothing is lost")
struct ForeignKeyTests {
    @Test(
        "Refused",
        arguments: [
            ("tasks.a", "notify_on_failure = ['ops']", "Almanac sends no notifications yet; remove the key"),
            ("tasks.a", "notify_on_success = ['ops']", "Almanac sends no notifications yet; remove the key"),
            ("tasks.a", "notify = ['ops']", "Almanac sends no notifications yet; remove the key"),
            (
                "tasks.a", "failures = ['-missed']",
                "Almanac lets nobody choose yet what counts as a failure; remove the key"
            ),
            (
                "tasks.a", "restart = 'on_failure'",
                "Almanac restarts no command that has ended yet; remove the key; retry_attempts tries a failed run again"
            ),
            (
                "tasks.a", "compose_file = 'x.yml'",
                "Almanac has no containers of its own yet; call docker compose in run"
            ),
            (
                "tasks.a", "compose_service = 'x'",
                "Almanac has no containers of its own yet; call docker compose in run"
            ),
            ("tasks.a", "compose_mode = 'run'", "Almanac has no containers of its own yet; call docker compose in run"),
            ("tasks.a", "instances = 2", "Almanac has no services yet; remove the key"),
            ("tasks.a", "manual_trigger = false", "the key is called api_trigger here"),
            ("tasks.a", "max_queued = 5", "the key is called queue_max here"),
            ("defaults", "timezone = 'UTC'", "the zone of tasks that name none is timezone in [scheduler]"),
            ("defaults", "run = 'x'", "no task inherits this key; move it to the tasks that it is for"),
            ("defaults", "cron = '@daily'", "no task inherits this key; move it to the tasks that it is for"),
            ("defaults", "params = []", "no task inherits this key; move it to the tasks that it is for"),
            ("daemon", "metrics_enabled = true", "Almanac has no such metrics yet; remove the key"),
            ("daemon", "metrics_listen = ':1'", "Almanac has no such metrics yet; remove the key"),
            ("daemon", "allow_cloud_dispatch = true", "Almanac takes no commands from other machines; remove the key"),
            ("daemon", "tls = 'auto'", "Almanac makes no certificates; name one as tls_cert and tls_key in [api]"),
            ("daemon", "trusted_proxies = ['::1']", "the key belongs to [api]; move it there"),
            ("daemon", "include = ['x']", "Almanac reads one file only yet; move its tasks into this one"),
            (
                "daemon", "include_cron = ['x']",
                "crontabs have a table of their own; name them in [cron], as include = [...]"
            ),
        ]
    )
    func refused(table: String, line: String, message: String) {
        let text = "[\(table)]\n\(line)\n" + (table == "tasks.a" ? "run = 'x'\ncron = '@daily'" : "")
        let key = line.prefix { $0 != " " }
        #expect(ConfigurationFixture.faults(of: text) == ["almanac.toml:2: [\(table)] \(key): \(message)"])
    }

    @Test(
        "Refused tables",
        arguments: [
            ("[notify]", "notify", "Almanac sends no notifications yet; remove the table"),
            ("[[notifier]]", "notifier", "Almanac sends no notifications yet; remove the table"),
            ("[notifiers.ops]", "notifiers", "Almanac sends no notifications yet; remove the table"),
            ("[[notification_route]]", "notification_route", "Almanac sends no notifications yet; remove the table"),
            ("[services.web]", "services", "Almanac has no services yet; remove the table"),
            ("[compose.app]", "compose", "Almanac has no containers of its own yet; remove the table"),
        ]
    )
    func refusedTables(header: String, key: String, message: String) {
        #expect(ConfigurationFixture.faults(of: "\n" + header) == ["almanac.toml:2: \(key): \(message)"])
    }

    @Test("Ignored, in the order of the file")
    func ignored() throws {
        let text = """
            [daemon]
            external_url = "https://example.com"
            shutdown_timeout = "10s"
            metrics_enabled = false
            tls = "off"
            include = []
            [defaults]
            healthy_after = "60s"
            notify_on_missed = false
            [tasks.a]
            run = "x"
            restart = "never"
            notify_on_failure = []
            jitter = "1m"
            api_trigger = false
            """
        #expect(
            try ConfigurationFixture.read(text).warnings.map(\.description) == [
                "almanac.toml:2: [daemon] external_url: ignored: Almanac sends no notifications yet",
                "almanac.toml:3: [daemon] shutdown_timeout: ignored: runs outlive the daemon, and with on_stop = "
                    + #""stop_runs" each has its own graceful_stop"#,
                "almanac.toml:4: [daemon] metrics_enabled: ignored: Almanac has no such metrics yet",
                "almanac.toml:5: [daemon] tls: ignored: Almanac makes no certificates",
                "almanac.toml:6: [daemon] include: ignored: Almanac reads one file only yet",
                "almanac.toml:8: [defaults] healthy_after: ignored: Almanac has no services yet",
                "almanac.toml:9: [defaults] notify_on_missed: ignored: Almanac sends no notifications yet",
                "almanac.toml:12: [tasks.a] restart: ignored: Almanac restarts no command that has ended yet",
                "almanac.toml:13: [tasks.a] notify_on_failure: ignored: Almanac sends no notifications yet",
                "almanac.toml:14: [tasks.a] jitter: it delays what cron starts, and the task has no cron",
                "almanac.toml:15: [tasks.a] api_trigger: nothing ever starts this task: it has no cron, no run_on_start",
            ]
        )
    }

    @Test("A file of the usual keys has no warnings, and one with faults keeps them to itself")
    func none() throws {
        #expect(try ConfigurationFixture.read(ConfigurationReaderTests.example).warnings.isEmpty)
        #expect(
            ConfigurationFixture.faults(of: "[tasks.a]\nrestart = 'never'") == [
                #"almanac.toml:1: [tasks.a] run: missing; add a line such as run = "echo hello""#
            ]
        )
    }
}
