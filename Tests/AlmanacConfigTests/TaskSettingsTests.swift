import AlmanacConfig
import AlmanacModel
import Testing

@Suite("A task has what its table says, else what the defaults say, else what is built in")
struct TaskSettingsTests {
    /// Every key that a task can inherit, with values that are not the built-in ones.
    static let everyKey = """
        on_overlap = "terminate"
        max_concurrent = 3
        queue_max = 7
        timeout = "1h"
        graceful_stop = "20s"
        retry_attempts = 100
        retry_delay = "0s"
        retry_backoff = "exponential"
        catch_up = "all"
        max_catch_up_runs = 1
        jitter = "10m"
        keep_runs = 1_000_000
        keep_for = "90d"
        log_max_size = "1.5MiB"
        log_on_full = "kill_task"
        log_to = ["file", "journal"]
        shell = "/bin/bash"
        working_dir = "work"
        umask = "027"
        nice = -20
        stop_signal = "INT"
        env_base = "clean"
        exit_codes = [0, 2, 255]
        user = "alice:adm"
        env = { A = "a", B = "" }
        secrets = { S = "s" }

        """

    private static func checkEveryKey(_ task: TaskDefinition) {
        #expect(task.onOverlap == .terminate)
        #expect(task.maxConcurrent == 3)
        #expect(task.queueMax == 7)
        #expect(task.timeout == .seconds(3600))
        #expect(task.gracefulStop == .seconds(20))
        #expect(task.retry == RetryPolicy(attempts: 100, delay: .zero, backoff: .exponential))
        #expect(task.catchUp == .all)
        #expect(task.maxCatchUpRuns == 1)
        #expect(task.jitter == .seconds(600))
        #expect(task.keepRuns == 1_000_000)
        #expect(task.keepFor == .seconds(90 * 86_400))
        #expect(
            task.settings
                == CommandSettings(
                    shell: "/bin/bash",
                    workingDirectory: "/srv/conf/work",
                    umask: 0o027,
                    identity: CommandSettings.Identity(
                        text: "alice:adm",
                        userName: "alice",
                        userID: 1000,
                        groupID: 4,
                        supplementaryGroupIDs: [4, 27, 100],
                        home: "/home/alice"
                    ),
                    environmentBase: .clean,
                    environment: ["A": "a", "B": ""],
                    secrets: ["S": "s"],
                    nice: -20,
                    stopSignal: 2,
                    successExitCodes: [0, 2, 255],
                    logMaxSize: 1_572_864,
                    logOnFull: .killTask,
                    logTargets: [.file, .journal]
                )
        )
    }

    @Test("A task with every key")
    func ofTask() throws {
        let configuration = try ConfigurationFixture.read("[tasks.a]\ncron = '@daily'\nrun = 'x'\n" + Self.everyKey)
        Self.checkEveryKey(try #require(configuration.tasks.first))
        #expect(configuration.warnings.isEmpty)
    }

    @Test("A task without any inherits every key, wherever the defaults stand")
    func inherited() throws {
        let configuration = try ConfigurationFixture.read("[tasks.a]\nrun = 'x'\n[defaults]\n" + Self.everyKey)
        Self.checkEveryKey(try #require(configuration.tasks.first))
        #expect(configuration.warnings.isEmpty)
    }

    @Test("A task's own keys count, and the defaults stay what they are for the next task")
    func overridden() throws {
        let configuration = try ConfigurationFixture.read(
            """
            [defaults]
            \(Self.everyKey)
            [tasks.a]
            run = "x"
            on_overlap = "skip"
            max_concurrent = 1
            queue_max = 0
            timeout = "1s"
            graceful_stop = "0s"
            retry_attempts = 0
            retry_delay = "1s"
            retry_backoff = "linear"
            catch_up = "skip"
            max_catch_up_runs = 2
            jitter = "0s"
            keep_runs = 1
            keep_for = "1s"
            log_max_size = "1b"
            log_on_full = "drop_new"
            memory_max = "64MiB"
            cpu_weight = 10000
            tasks_max = 1
            log_to = ["file"]
            shell = "/bin/dash"
            working_dir = "/"
            umask = ""
            nice = 19
            stop_signal = "SIGKILL"
            env_base = "inherit"
            exit_codes = [1]
            user = ""
            env = { B = "b", C = "c" }
            secrets.S = "t"
            [tasks.b]
            run = "x"
            """
        )
        let task = configuration.tasks[0]
        #expect(task.onOverlap == .skip)
        #expect(task.maxConcurrent == 1)
        #expect(task.queueMax == 0)
        #expect(task.timeout == .seconds(1))
        #expect(task.gracefulStop == .zero)
        #expect(task.retry == RetryPolicy(attempts: 0, delay: .seconds(1), backoff: .linear))
        #expect(task.catchUp == .skip)
        #expect(task.maxCatchUpRuns == 2)
        #expect(task.jitter == .zero)
        #expect(task.keepRuns == 1)
        #expect(task.keepFor == .seconds(1))
        #expect(
            task.settings
                == CommandSettings(
                    shell: "/bin/dash",
                    workingDirectory: "/",
                    environment: ["A": "a", "B": "b", "C": "c"],
                    secrets: ["S": "t"],
                    nice: 19,
                    stopSignal: 9,
                    successExitCodes: [1],
                    logMaxSize: 1,
                    logOnFull: .dropNew,
                    limits: CommandLimits(memoryMax: 67_108_864, cpuWeight: 10_000, tasksMax: 1)
                )
        )
        Self.checkEveryKey(configuration.tasks[1])
    }

    @Test("Without keys and defaults everything is built in")
    func builtIn() throws {
        let task = try #require(ConfigurationFixture.read("tasks.a.run = 'x'").tasks.first)
        #expect(task.settings == CommandSettings())
        #expect(task.settings.logMaxSize == 100_000_000)
        #expect(task.settings.stopSignal == 15)
        #expect(task.settings.successExitCodes == [0])
        #expect(task.retry == RetryPolicy(attempts: 0, delay: .seconds(5), backoff: .constant))
        #expect(task.catchUp == .latest)
        #expect(task.maxCatchUpRuns == 100)
        #expect(task.jitter == .zero)
        #expect(task.keepRuns == nil)
        #expect(task.keepFor == nil)
        #expect(task.parameters.isEmpty)
    }

    @Test(
        "A stop signal has its number on Linux, with SIG before its name or without",
        arguments: [
            ("TERM", 15), ("INT", 2), ("QUIT", 3), ("HUP", 1), ("KILL", 9), ("USR1", 10), ("USR2", 12),
        ] as [(String, Int32)]
    )
    func signals(name: String, number: Int32) throws {
        for name in [name, "SIG" + name] {
            let text = "tasks.a = { run = 'x', stop_signal = '\(name)' }"
            #expect(try ConfigurationFixture.read(text).tasks[0].settings.stopSignal == number)
        }
    }

    @Test(
        "A mask has three octal digits or four",
        arguments: [("000", 0), ("022", 0o022), ("0077", 0o077), ("777", 0o777)] as [(String, UInt32)]
    )
    func masks(text: String, mask: UInt32) throws {
        let text = "tasks.a = { run = 'x', umask = '\(text)' }"
        #expect(try ConfigurationFixture.read(text).tasks[0].settings.umask == mask)
    }

    @Test(
        "A working folder is relative to the file's, and ~ is the home of the user that runs the command",
        arguments: [
            ("working_dir = '/srv/x'", "/srv/x"), ("working_dir = 'x/y'", "/srv/conf/x/y"),
            ("working_dir = '.'", "/srv/conf/."), ("working_dir = '~'", "/root"), ("working_dir = '~/x'", "/root/x"),
            ("working_dir = '~/x'\nuser = 'alice'", "/home/alice/x"), ("working_dir = '~'\nuser = '9'", "/"),
            ("working_dir = '~/x'\nuser = '9'", "/x"),
        ] as [(String, String)]
    )
    func workingFolders(lines: String, folder: String) throws {
        #expect(
            try ConfigurationFixture.read("[tasks.a]\nrun = 'x'\n" + lines).tasks[0].settings.workingDirectory == folder
        )
        let inherited = "[tasks.a]\nrun = 'x'\n[defaults]\n" + lines
        #expect(try ConfigurationFixture.read(inherited).tasks[0].settings.workingDirectory == folder)
    }

    @Test("A home that the defaults name is that of each task's own user")
    func inheritedHome() throws {
        let text = "[defaults]\nworking_dir = '~'\n[tasks.a]\nrun = 'x'\nuser = 'alice'\n[tasks.b]\nrun = 'x'"
        let tasks = try ConfigurationFixture.read(text).tasks
        #expect(tasks.map(\.settings.workingDirectory) == ["/home/alice", "/root"])
    }

    @Test(
        "The file's folder is that of its path",
        arguments: [
            ("a.toml", "/now/x"), ("conf/a.toml", "/now/conf/x"), ("./a.toml", "/now/./x"), ("/etc/a.toml", "/etc/x"),
            ("/a.toml", "/x"),
        ]
    )
    func folders(path: String, folder: String) throws {
        let reader = ConfigurationFixture.reader(of: ConfigurationFixture.host(folder: "/now"))
        let configuration = try reader.read(text: "tasks.a = { run = 'x', working_dir = 'x' }", path: path)
        #expect(configuration.tasks[0].settings.workingDirectory == folder)
    }

    @Test("The other tables have limits that zero lifts")
    func otherTables() throws {
        let configuration = try ConfigurationFixture.read(
            """
            [scheduler]
            max_concurrent = 4
            [storage]
            max_size = "5gb"
            min_free_space = "500 MB"
            """
        )
        #expect(configuration.scheduler.maxConcurrent == 4)
        #expect(configuration.storage == StorageSettings(maxSize: 5_000_000_000, minFreeSpace: 500_000_000))
        let unlimited = try ConfigurationFixture.read("storage = { max_size = 0, min_free_space = '0' }")
        #expect(unlimited.storage == StorageSettings())
        #expect(unlimited.scheduler.maxConcurrent == nil)
    }
}
