import AlmanacCalendar
import AlmanacModel
import AlmanacRunProtocol
import AlmanacRuns
import AlmanacTesting
import Testing

@Suite("A command under cron's conventions is started as cron starts it")
struct CronConventionsTests {
    static let identity = CommandSettings.Identity(
        text: "ada",
        userName: "ada",
        userID: 1815,
        groupID: 1852,
        supplementaryGroupIDs: [1852, 4],
        home: "/home/ada"
    )

    private func spec(
        _ settings: CommandSettings,
        trigger: Trigger = .cron,
        login text: String = "",
        parameters: [ParameterDefinition] = [],
        params: [String: String] = [:]
    ) throws -> RunSpec {
        let folder = TemporaryFolder()
        folder.write(text, to: "environment")
        var settings = settings
        settings.conventions = .cron
        let task = TaskDefinition(
            name: "ada:backup-1",
            command: "backup \"$HOME\"",
            settings: settings,
            parameters: parameters
        )
        let run = Run(
            id: try #require(RunID("01JQF6Z5K3W8Y2V4N6P8R0T1S3")),
            taskName: task.name,
            trigger: trigger,
            createdAt: PreciseTimestamp(nanosecondsSinceEpoch: 0),
            params: params
        )
        return RunSpec(
            run,
            of: task,
            environment: ["PATH": "/daemon", "LANG": "daemon", "INVOCATION_ID": "1", "SECRET": "daemon"],
            workingDirectory: "/daemon",
            login: LoginSession(
                userID: 7,
                userName: "daemon",
                home: "/var/daemon",
                files: LoginEnvironment(paths: [folder.file("environment")])
            )
        )
    }

    @Test(
        "SHELL -c in HOME, four variables and nothing of the daemon's, whatever starts it",
        arguments: Trigger.allCases
    )
    func plain(_ trigger: Trigger) throws {
        let spec = try spec(CommandSettings(identity: Self.identity), trigger: trigger)
        #expect(spec.argv == ["/bin/sh", "-c", "backup \"$HOME\""])
        #expect(spec.environment == ["HOME=/home/ada", "LOGNAME=ada", "PATH=/usr/bin:/bin", "SHELL=/bin/sh"])
        #expect(spec.workingDirectory == "/home/ada")
        #expect(spec.fallbackDirectory == "/var/spool/cron")
        #expect(spec.mergesErrors && spec.descendants == .await)
        #expect(spec.loginUserID == 1815 && spec.identity?.userID == 1815)
        #expect(spec.standardInput == nil)
    }

    @Test("What PAM brings, over it cron's own, over those the crontab's, and LOGNAME is the user's")
    func order() throws {
        let spec = try spec(
            CommandSettings(
                shell: "/bin/bash",
                identity: Self.identity,
                environment: ["SHELL": "/bin/bash", "HOME": "/srv", "LOGNAME": "eve", "MAILTO": "", "X": "crontab"]
            ),
            login: "LANG=C.UTF-8\nPATH=/pam\nHOME=/pam\nSHELL=/pam\nLOGNAME=pam\nX=pam\nUSER=pam\n"
        )
        #expect(spec.argv.first == "/bin/bash")
        #expect(
            spec.environment == [
                "HOME=/srv", "LANG=C.UTF-8", "LOGNAME=ada", "MAILTO=", "PATH=/usr/bin:/bin", "SHELL=/bin/bash",
                "USER=pam", "X=crontab",
            ]
        )
        #expect(spec.workingDirectory == "/srv")
    }

    @Test("A SHELL among the variables is the shell, and an empty HOME is one that cannot be entered")
    func shell() throws {
        let spec = try spec(
            CommandSettings(identity: Self.identity, environment: ["SHELL": "/usr/bin/python3", "HOME": ""])
        )
        #expect(spec.argv.first == "/usr/bin/python3")
        #expect(spec.workingDirectory == "")
    }

    @Test("Without a user it is the daemon's own account")
    func ownAccount() throws {
        let spec = try spec(CommandSettings())
        #expect(spec.environment == ["HOME=/var/daemon", "LOGNAME=daemon", "PATH=/usr/bin:/bin", "SHELL=/bin/sh"])
        #expect(spec.workingDirectory == "/var/daemon")
        #expect(spec.identity == nil && spec.loginUserID == 7)
    }

    @Test("A folder and an input of the task's own count, and parameters reach the command")
    func own() throws {
        let spec = try spec(
            CommandSettings(
                workingDirectory: "/tmp",
                identity: Self.identity,
                standardInput: "one\ntwo\n"
            ),
            parameters: [ParameterDefinition(kind: .env, key: "MODE")],
            params: ["MODE": "full"]
        )
        #expect(spec.workingDirectory == "/tmp")
        #expect(spec.standardInput == Array("one\ntwo\n".utf8))
        #expect(spec.environment.contains("MODE=full"))
    }

    @Test("Almanac's own conventions are what they were, and get the input too")
    func almanac() throws {
        let task = TaskDefinition(
            name: "job",
            command: "true",
            settings: CommandSettings(identity: Self.identity, standardInput: "x")
        )
        let run = Run(
            id: try #require(RunID("01JQF6Z5K3W8Y2V4N6P8R0T1S3")),
            taskName: "job",
            trigger: .api,
            createdAt: PreciseTimestamp(nanosecondsSinceEpoch: 0)
        )
        let spec = RunSpec(run, of: task, environment: ["PATH": "/daemon"], workingDirectory: "/daemon")
        #expect(spec.argv == ["/bin/sh", "-e", "-c", "true"])
        #expect(
            spec.environment == [
                "ALMANAC_ATTEMPT=0", "ALMANAC_RUN_ID=01JQF6Z5K3W8Y2V4N6P8R0T1S3", "ALMANAC_TASK=job",
                "ALMANAC_TRIGGER=api", "HOME=/home/ada", "LOGNAME=ada", "PATH=/daemon", "USER=ada",
            ]
        )
        #expect(spec.workingDirectory == "/daemon" && spec.fallbackDirectory == nil)
        #expect(!spec.mergesErrors && spec.descendants == .end && spec.loginUserID == nil)
        #expect(spec.standardInput == Array("x".utf8))
    }
}
