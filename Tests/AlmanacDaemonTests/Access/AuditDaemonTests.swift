import AlmanacAPI
import AlmanacTesting
import Glibc
import Testing

@Suite("The audit of a real daemon")
struct AuditDaemonTests {
    @Test("Who has done what is there after a crash, run by run")
    func entries() throws {
        let daemon = DaemonProcess(
            "[tasks.a]\nrun = 'true'\ncron = '@daily'\nparams = [{ env = 'PASS' }]",
            listen: ["127.0.0.1:0"]
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let token = daemon.makeToken("deploy", "trigger:a")
        #expect(daemon.status("POST", "/api/tasks/a/run", token: token, port: daemon.port) == 201)
        let run = try #require(daemon.runs().first)
        #expect(daemon.post("/api/tasks/a/run", body: #"{"params": {"PASS": "hush-hush"}}"#).status == 201)
        #expect(daemon.post("/api/tasks/a/pause").status == 200)
        daemon.kill()
        let next = DaemonProcess(nil, in: daemon.folder)
        try #require(next.isReady(), "\(next.child.standardError)")
        let entries = next.auditEntries
        #expect(entries.map(\.operation) == ["pauseTask", "triggerRun", "triggerRun", "createToken"])
        #expect(entries.map(\.status) == [200, 201, 201, 201])
        let byToken = try #require(entries.dropFirst(2).first)
        #expect(byToken.caller == "deploy" && byToken.callerKind == "token" && byToken.address == "127.0.0.1")
        #expect(byToken.taskName == "a" && byToken.runID == run.id)
        let byUser = entries[0]
        #expect(byUser.caller == "\(geteuid())" && byUser.callerKind == "user" && byUser.address == "unix")
        #expect((byUser.processID ?? 0) > 1)
        #expect(!next.get("/api/audit").body.contains("hush-hush"))
        let table = next.almanac("audit")?.standardOutput ?? ""
        #expect(table.contains("triggerRun") && table.contains("token deploy") && table.contains("127.0.0.1"))
        #expect(next.almanac("audit", "--caller", "deploy", "--json")?.standardOutput.contains(run.id) == true)
    }

    @Test("A change that the daemon dies over leaves an entry without a status")
    func death() throws {
        let daemon = DaemonProcess("[tasks.a]\nrun = 'true'\ncron = '@daily'")
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        // The commit of the entry is over once it can be read; the rest of the request may be at any point then.
        let requests = (0..<8).map { _ in
            ChildProcess([
                "sh", "-c",
                "while curl -s --unix-socket \(daemon.socketPath) -X POST http://localhost/api/tasks/a/pause >/dev/null; do :; done",
            ])
        }
        #expect(eventually { daemon.auditEntries.count > 50 })
        daemon.kill()
        for request in requests { request.send(SIGKILL) }
        let next = DaemonProcess(nil, in: daemon.folder)
        try #require(next.isReady(), "\(next.child.standardError)")
        let entries = next.auditEntries
        #expect(entries.allSatisfy { $0.status == 200 || $0.status == nil })
        // Only those that were under way have none: the newest.
        #expect(entries.dropFirst(16).allSatisfy { $0.status == 200 })
    }
}
