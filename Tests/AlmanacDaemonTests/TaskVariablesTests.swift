import AlmanacAPI
import AlmanacTesting
import Testing

@Suite("A command gets all of its variables, and the API shows those of env alone")
struct TaskVariablesTests {
    @Test("env, env_file, secrets and those of [defaults]")
    func variables() throws {
        let folder = TemporaryFolder()
        folder.write("FILE=from-file\nBOTH=from-file\nHIDDEN=from-file\n", to: "task.env")
        let daemon = DaemonProcess(
            """
            [defaults]
            env = { SHOWN = "from-defaults", HIDDEN = "from-defaults" }
            [tasks.job]
            run = "echo $SHOWN $HIDDEN $FILE $BOTH $OWN $TOKEN"
            env_file = "task.env"
            env = { OWN = "from-env", BOTH = "from-env" }
            secrets = { TOKEN = "from-secrets" }
            """,
            in: folder
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let run = try #require(daemon.triggerAndWait("job"))
        #expect(daemon.log(of: run) == "from-defaults from-file from-file from-env from-env from-secrets\n")
        let shown = daemon.get("/api/tasks/job").body
        #expect(
            shown.contains(#""env":{"BOTH":"from-env","OWN":"from-env","SHOWN":"from-defaults"},"env_file":"task.env""#)
        )
        #expect(!shown.contains("from-file") && !shown.contains("from-secrets") && !shown.contains("TOKEN"))

        // Another content of the file is a change of env_file.
        folder.write("FILE=other\n", to: "task.env")
        #expect(daemon.post("/api/reload?dry_run=true").body.contains(#"{"name":"job","reasons":["env_file","env"]}"#))
    }
}
