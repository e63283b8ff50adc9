import AlmanacCalendar
import AlmanacConfig
import Testing

@Suite("Every fault of a file is named at once, each with its line")
struct ConfigurationFaultTests {
    struct Row: CustomTestStringConvertible {
        let rule: String
        let text: String
        let faults: [String]

        init(_ rule: String, _ text: String, _ faults: String...) {
            self.rule = rule
            self.text = text
            self.faults = faults
        }

        var testDescription: String { rule }
    }

    @Test(
        "Keys and tables",
        arguments: [
            Row(
                "a key that is nearly known",
                "[tasks.backup]\nrun = 'x'\ntimout = '1h'",
                #"almanac.toml:3: [tasks.backup] timout: unknown key "timout"; did you mean "timeout"?"#
            ),
            Row(
                "a key that is near to nothing",
                "[tasks.backup]\nrun = 'x'\n\"pre flight\" = '1h'",
                #"almanac.toml:3: [tasks.backup] "pre flight": unknown key "pre flight""#
            ),
            Row(
                "letter case and hyphens are no slips of their own",
                "[tasks.a]\nRun-On-Start = true\nrun = 'x'",
                #"almanac.toml:2: [tasks.a] Run-On-Start: unknown key "Run-On-Start"; did you mean "run_on_start"?"#
            ),
            Row(
                "a small table lists its keys",
                "[daemon]\nverbose = 2",
                #"almanac.toml:2: [daemon] verbose: unknown key "verbose"; expected "on_stop""#
            ),
            Row(
                "a table that is nearly known",
                "[task.backup]\nrun = 'x'",
                "almanac.toml:1: unknown table [task]; did you mean [tasks]?"
            ),
            Row(
                "a task outside of tasks",
                "[backup]\nrun = 'x'",
                "almanac.toml:1: unknown table [backup]; did you mean [tasks.backup]?"
            ),
            Row(
                "a table that is near to nothing",
                "[webhooks]\nmax_size = '5gb'",
                "almanac.toml:1: unknown table [webhooks]; expected [scheduler], [storage], [api], [metrics], [daemon], "
                    + "[cron], [defaults] or [tasks]"
            ),
            Row(
                "a key above the first table",
                "timezone = 'UTC'",
                #"almanac.toml:1: unknown key "timezone" outside of any table; move it below the header of its table"#
            ),
            Row(
                "an array of tables where a table is known",
                "[[tasks]]\nname = 'x'",
                "almanac.toml:1: tasks: expected a table, written as [tasks], found an array"
            ),
            Row(
                "a task that is not a table",
                "[tasks]\nbackup = 'x'",
                #"almanac.toml:2: [tasks] backup: expected a table, written as [tasks.backup], found the string "x""#
            ),
            Row(
                "a task with an impossible name",
                "[tasks.\"my task\"]\nrun = 'x'",
                #"almanac.toml:1: [tasks."my task"]: "my task" cannot be a task's name; "#
                    + #"expected 1 to 100 of the characters a-z, A-Z, 0-9, ".", "_", ":" and "-", other than "." and "..""#
            ),
            Row(
                "a task without a command",
                "\n[tasks.a]\ncron = '@daily'",
                #"almanac.toml:2: [tasks.a] run: missing; add a line such as run = "echo hello""#
            ),
            Row(
                "a task without a command, in dotted keys",
                "[tasks]\n\n  a.cron = '@daily'",
                #"almanac.toml:3: [tasks.a] run: missing; add a line such as run = "echo hello""#
            ),
        ]
    )
    func keys(row: Row) {
        #expect(ConfigurationFixture.faults(of: row.text) == row.faults)
    }

    @Test(
        "Values",
        arguments: [
            ("run = 5", #"run: expected a command for the shell, found the number 5; put it in quotes"#),
            ("run = ''", "run: expected a command for the shell, found an empty string"),
            ("run = \" \\n \"", #"run: expected a command for the shell, found the string " \n ""#),
            ("run = ['a', 'b']", "run: expected a command for the shell, found an array"),
            ("run.x = 5", "run: expected a command for the shell, found a table"),
            ("description = 2026-03-29", "description: expected a string, found a date or time; put it in quotes"),
            ("description = true", "description: expected a string, found true; put it in quotes"),
            ("group = \"\\t\"", #"group: expected a name, found the string "\t""#),
            (
                "run_on_start = 'true'",
                #"run_on_start: expected true or false, found the string "true"; remove the quotes"#
            ),
            ("run_on_start = 1", "run_on_start: expected true or false, found the number 1"),
            ("api_trigger = 'no'", #"api_trigger: expected true or false, found the string "no""#),
            (
                "on_overlap = 'skp'",
                #"on_overlap: expected "queue", "skip" or "terminate", found the string "skp"; did you mean "skip"?"#
            ),
            (
                "on_overlap = 'parallel'",
                #"on_overlap: expected "queue", "skip" or "terminate", found the string "parallel""#
            ),
            ("on_overlap = false", #"on_overlap: expected "queue", "skip" or "terminate", found false"#),
            ("max_concurrent = 0", "max_concurrent: expected a whole number from 1 to 1024, found the number 0"),
            ("max_concurrent = 1025", "max_concurrent: expected a whole number from 1 to 1024, found the number 1025"),
            ("max_concurrent = 2.0", "max_concurrent: expected a whole number from 1 to 1024, found the number 2.0"),
            (
                "max_concurrent = '2'",
                #"max_concurrent: expected a whole number from 1 to 1024, found the string "2"; remove the quotes"#
            ),
            ("queue_max = -1", "queue_max: expected a whole number from 0 to 100000, found the number -1"),
            ("queue_max = 100_001", "queue_max: expected a whole number from 0 to 100000, found the number 100001"),
            (
                "timeout = 30",
                #"timeout: expected a duration such as "90s" or "1h30m", found the number 30; "#
                    + #"write "30s" if seconds are meant"#
            ),
            (
                "timeout = '30'",
                #"timeout: expected a duration such as "90s" or "1h30m", found the string "30"; "#
                    + #"write "30s" if seconds are meant"#
            ),
            ("timeout = -1", #"timeout: expected a duration such as "90s" or "1h30m", found the number -1"#),
            ("timeout = '0s'", #"timeout: expected a duration above zero, found the string "0s""#),
            ("timeout = '-5s'", #"timeout: expected a duration such as "90s" or "1h30m", found the string "-5s""#),
            (
                "timeout = '5 min'",
                #"timeout: expected a duration such as "90s" or "1h30m", found the string "5 min""#
            ),
            (
                "timeout = '5min'",
                #"timeout: expected a duration such as "90s" or "1h30m", found the string "5min"; "#
                    + #""min" is not a unit; the units are w, d, h, m, s and ms"#
            ),
            (
                "graceful_stop = '30s1m'",
                #"graceful_stop: expected a duration such as "90s" or "1h30m", found the string "30s1m"; "#
                    + "write the units from the largest to the smallest, each at most once"
            ),
            (
                "graceful_stop = '36501d'",
                #"graceful_stop: expected a duration such as "90s" or "1h30m", found the string "36501d"; "#
                    + "the longest is 36500d"
            ),
            ("timezone = 'Europe/Berlim'", #"timezone: there is no zone "Europe/Berlim""#),
            ("timezone = 1", #"timezone: expected a zone's name such as "Europe/Berlin", found the number 1"#),
            ("cron = 5", #"cron: expected a cron expression such as "30 2 * * *", found the number 5"#),
            ("cron = '61 * * * *'", "cron: 61 is not a minute; expected 0 to 59"),
            (
                "on_overlap = 'kill'",
                #"on_overlap: expected "queue", "skip" or "terminate", found the string "kill""#
            ),
            (
                "log_to = ['journal']",
                #"log_to: expected ["file"] or ["file", "journal"], found no "file": the file is the record of what "#
                    + "a run printed, and always among them"
            ),
            ("log_to = ['file', 'syslog']", #"log_to: expected "file" or "journal", found the string "syslog""#),
            (
                "log_to = 'file'",
                #"log_to: expected ["file"] or ["file", "journal"], found the string "file""#
            ),
            ("retry_attempts = 101", "retry_attempts: expected a whole number from 0 to 100, found the number 101"),
            ("retry_attempts = -1", "retry_attempts: expected a whole number from 0 to 100, found the number -1"),
            (
                "retry_delay = '5'",
                #"retry_delay: expected a duration such as "90s" or "1h30m", found the string "5"; "#
                    + #"write "5s" if seconds are meant"#
            ),
            (
                "retry_backoff = 'exponentially'",
                #"retry_backoff: expected "constant", "linear" or "exponential", found the string "exponentially"; "#
                    + #"did you mean "exponential"?"#
            ),
            ("catch_up = true", #"catch_up: expected "latest", "all" or "skip", found true"#),
            ("max_catch_up_runs = 0", "max_catch_up_runs: expected a whole number of at least 1, found the number 0"),
            ("jitter = '-1s'", #"jitter: expected a duration such as "90s" or "1h30m", found the string "-1s""#),
            ("keep_runs = 0", "keep_runs: expected a whole number from 1 to 1000000, found the number 0"),
            ("keep_runs = 1000001", "keep_runs: expected a whole number from 1 to 1000000, found the number 1000001"),
            ("keep_for = '0d'", #"keep_for: expected a duration above zero, found the string "0d""#),
            (
                "exit_codes = 0",
                "exit_codes: expected an array of exit codes such as [0, 2], found the number 0"
            ),
            ("exit_codes = []", "exit_codes: expected one exit code or more, found an empty array"),
            ("exit_codes = [0, 256]", "exit_codes: expected a whole number from 0 to 255, found the number 256"),
            (
                "exit_codes = ['0']",
                #"exit_codes: expected a whole number from 0 to 255, found the string "0"; remove the quotes"#
            ),
            (
                "stop_signal = 'SIGSTOP'",
                #"stop_signal: expected "SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGKILL", "SIGUSR1" or "SIGUSR2", "#
                    + #"found the string "SIGSTOP""#
            ),
            (
                "stop_signal = 'term'",
                #"stop_signal: expected "SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGKILL", "SIGUSR1" or "SIGUSR2", "#
                    + #"found the string "term"; did you mean "TERM"?"#
            ),
            (
                "stop_signal = 15",
                #"stop_signal: expected "SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGKILL", "SIGUSR1" or "SIGUSR2", "#
                    + #"found the number 15; write "SIGTERM""#
            ),
            (
                "shell = 'bash'",
                #"shell: expected the absolute path of a shell such as "/bin/bash", found the string "bash""#
            ),
            ("working_dir = ''", "working_dir: expected a path, found an empty string"),
            (
                "working_dir = '~bob'",
                #"working_dir: of the paths with "~" only "~" itself and those that begin with "~/" are known"#
            ),
            ("umask = '22'", #"umask: expected three octal digits such as "027", found the string "22""#),
            ("umask = '088'", #"umask: expected three octal digits such as "027", found the string "088""#),
            ("umask = '1777'", #"umask: expected three octal digits such as "027", found the string "1777""#),
            (
                "umask = 27",
                #"umask: expected three octal digits such as "027", found the number 27; put it in quotes"#
            ),
            ("nice = 20", "nice: expected a whole number from -20 to 19, found the number 20"),
            (
                "log_max_size = 100",
                #"log_max_size: expected a size such as "100MB" or "1.5GiB", found the number 100; "#
                    + #"write "100b" if bytes are meant"#
            ),
            ("log_max_size = '0'", #"log_max_size: expected a size above zero, found the string "0""#),
            ("log_max_size = '0.5b'", #"log_max_size: expected a size above zero, found the string "0.5b""#),
            (
                "log_max_size = '1xb'",
                #"log_max_size: expected a size such as "100MB" or "1.5GiB", found the string "1xb"; "#
                    + #""xb" is not a unit; the units are b, kb, mb, gb, tb and kib to tib"#
            ),
            (
                "log_max_size = '9999999tb'",
                #"log_max_size: expected a size such as "100MB" or "1.5GiB", found the string "9999999tb"; "#
                    + "the largest is 1000000tb"
            ),
            ("memory_max = '0'", #"memory_max: expected a size above zero, found the string "0""#),
            ("cpu_weight = 0", "cpu_weight: expected a whole number from 1 to 10000, found the number 0"),
            ("cpu_weight = 10001", "cpu_weight: expected a whole number from 1 to 10000, found the number 10001"),
            ("tasks_max = 0", "tasks_max: expected a whole number from 1 to 4000000, found the number 0"),
            (
                "log_on_full = 'kill'",
                #"log_on_full: expected "drop_old", "drop_new" or "kill_task", found the string "kill""#
            ),
            (
                "log_to = ['journal']",
                #"log_to: expected ["file"] or ["file", "journal"], found no "file": the file is the record of what "#
                    + "a run printed, and always among them"
            ),
            ("log_to = ['file', 'syslog']", #"log_to: expected "file" or "journal", found the string "syslog""#),
            (
                "log_to = 'file'",
                #"log_to: expected ["file"] or ["file", "journal"], found the string "file""#
            ),
            ("cron = '0 0 30 2 *'", "cron: the expression never fires: no month that it names has a day that it names"),
        ] as [(String, String)]
    )
    func values(line: String, fault: String) {
        let command = line.hasPrefix("run ") || line.hasPrefix("run.") ? "" : "run = 'x'"
        let text = "[tasks.backup]\n\(command)\n\(line)"
        #expect(ConfigurationFixture.faults(of: text) == ["almanac.toml:3: [tasks.backup] " + fault])
    }

    @Test(
        "Settings",
        arguments: [
            (
                "[scheduler]\ngrace = '0s'",
                #"2: [scheduler] grace: expected a duration above zero, found the string "0s""#
            ),
            (
                "[scheduler]\nmax_concurrent = 0",
                "2: [scheduler] max_concurrent: expected a whole number of at least 1, found the number 0"
            ),
            (
                "[storage]\nmax_size = '5'",
                #"2: [storage] max_size: expected a size such as "100MB" or "1.5GiB", found the string "5"; "#
                    + #"write "5b" if bytes are meant"#
            ),
            (
                "[storage]\nmin_free_space = -1",
                #"2: [storage] min_free_space: expected a size such as "100MB" or "1.5GiB", found the number -1"#
            ),
            (
                "[defaults]\nqueue_max = -1\n[tasks.a]\nrun = 'x'\n[tasks.b]\nrun = 'x'",
                "2: [defaults] queue_max: expected a whole number from 0 to 100000, found the number -1"
            ),
            ("[scheduler]\ntimezone = 'X'", #"2: [scheduler] timezone: there is no zone "X""#),
            (
                "[api]\nauth = 'nome'",
                #"2: [api] auth: expected "none" or "required", found the string "nome"; did you mean "none"?"#
            ),
            (
                "[daemon]\non_stop = 'leave-runs'",
                #"2: [daemon] on_stop: expected "leave_runs" or "stop_runs", found the string "leave-runs"; "#
                    + #"did you mean "leave_runs"?"#
            ),
            ("daemon = 'x'", #"1: daemon: expected a table, written as [daemon], found the string "x""#),
        ] as [(String, String)]
    )
    func settings(text: String, fault: String) {
        #expect(ConfigurationFixture.faults(of: text) == ["almanac.toml:" + fault])
    }

    @Test("All faults come at once, in the order of the file")
    func allAtOnce() {
        let text = """
            [tasks.b]
            on_overlap = "never"
            timout = "1h"
            cron = "0 24 * * *"
            [api]
            auth = "some"
            [tasks.a]
            timezone = "Nowhere"
            [schedule]
            grace = 1
            """
        #expect(
            ConfigurationFixture.faults(of: text) == [
                #"almanac.toml:1: [tasks.b] run: missing; add a line such as run = "echo hello""#,
                #"almanac.toml:2: [tasks.b] on_overlap: expected "queue", "skip" or "terminate", found the string "never""#,
                #"almanac.toml:3: [tasks.b] timout: unknown key "timout"; did you mean "timeout"?"#,
                "almanac.toml:4: [tasks.b] cron: 24 is not an hour; expected 0 to 23",
                #"almanac.toml:6: [api] auth: expected "none" or "required", found the string "some""#,
                #"almanac.toml:7: [tasks.a] run: missing; add a line such as run = "echo hello""#,
                #"almanac.toml:8: [tasks.a] timezone: there is no zone "Nowhere""#,
                "almanac.toml:9: unknown table [schedule]; did you mean [scheduler]?",
            ]
        )
    }

    @Test("What is to be said of the system's zone is a warning, unless the file names another")
    func systemZoneWarning() throws {
        let reader = ConfigurationReader(
            zones: { _ in .utc },
            systemZone: { (.utc, "TZ is no zone") },
            host: ConfigurationFixture.host()
        )
        let warned = try reader.read(text: "[tasks.a]\nrun = 'x'", path: "almanac.toml")
        #expect(
            warned.warnings.map(\.description) == [
                "almanac.toml: TZ is no zone; name another zone as timezone in [scheduler]"
            ]
        )
        #expect(try reader.read(text: "scheduler.timezone = 'UTC'", path: "almanac.toml").warnings.isEmpty)
    }

    @Test("A system zone that cannot be had is a fault of the whole file, unless the file names another")
    func systemZone() {
        let reader = ConfigurationReader(
            zones: { id in
                guard id.name == "UTC" else {
                    throw ConfigurationFixture.UnknownZone(description: "no file \(id)")
                }
                return .utc
            },
            systemZone: { throw ConfigurationFixture.UnknownZone(description: "no file Broken") },
            host: ConfigurationFixture.host()
        )
        #expect(
            ConfigurationFixture.faults(of: "", reader: reader) == [
                "almanac.toml: the system's zone: no file Broken; name another one as timezone in [scheduler]"
            ]
        )
        #expect(ConfigurationFixture.faults(of: "scheduler.timezone = 'UTC'", reader: reader) == [])
    }

    @Test(
        "A fault's column is that of what is wrong",
        arguments: [
            ("[tasks.a]\nrun = 'x'\ncron = '0 61 * * *'", 3, 11),
            ("[tasks.a]\nrun = 'x'\n\t\"cron\"  = \"0 0 * * MOM\"", 3, 21),
            ("[tasks.a]\nrun = 'x'\ncron = '0 0 * * Ä 9'", 3, 17),
            ("tasks.'a'={description='Größe €', run='x', cron='0 61 * * *'}", 1, 52),
            // Where the text is not written as it reads, the value itself.
            ("[tasks.a]\nrun = 'x'\ncron = '''0 61 * * *'''", 3, 8),
            ("[tasks.a]\nrun = 'x'\ncron = \"0\\u0020\\u0061 * * *\"", 3, 8),
            ("[tasks.a]\nrun = 'x'\n timout = 1", 3, 2),
            (" [tasks.a]\ncron = '@daily'", 1, 2),
        ] as [(String, Int, Int)]
    )
    func columns(text: String, line: Int, column: Int) throws {
        let faults = try #require(throws: ConfigurationFaults.self) { try ConfigurationFixture.read(text) }.faults
        #expect(faults.map(\.line) == [line])
        #expect(faults.map(\.column) == [column])
    }

    @Test("A fault says its place as far as it is known")
    func descriptions() {
        let fault = ConfigurationFault(path: "/etc/a.toml", line: 3, table: "tasks.a", key: "cron", message: "wrong")
        #expect(fault.description == "/etc/a.toml:3: [tasks.a] cron: wrong")
        #expect(
            ConfigurationFault(path: "a", line: 3, table: "api", message: "wrong").description == "a:3: [api]: wrong"
        )
        #expect(ConfigurationFault(path: "a", line: 3, key: "api", message: "wrong").description == "a:3: api: wrong")
        #expect(ConfigurationFault(path: "a", message: "wrong").description == "a: wrong")
        #expect(ConfigurationFaults([fault, fault]).description == "\(fault)\n\(fault)")
    }

    @Test("What a message quotes stays short and on its line")
    func quotations() {
        let text = "[tasks.a]\nrun = 'x'\ntimeout = \"\\n\\u001b[31m" + String(repeating: "x", count: 500) + "\""
        let shown = #"\n\u{1B}[31m"# + String(repeating: "x", count: 54)
        #expect(
            ConfigurationFixture.faults(of: text) == [
                "almanac.toml:3: [tasks.a] timeout: expected a duration such as \"90s\" or \"1h30m\", "
                    + "found the string \"\(shown)...\""
            ]
        )
    }
}
