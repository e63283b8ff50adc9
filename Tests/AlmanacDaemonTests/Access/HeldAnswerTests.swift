import AlmanacAPI
import AlmanacTesting
import Testing

@Suite("What was allowed when it was asked for is answered")
struct HeldAnswerTests {
    @Test("An answer that waits for a run comes although its token is revoked meanwhile; the next request is refused")
    func revoked() throws {
        let daemon = DaemonProcess(
            "[tasks.job]\nrun = \"while [ ! -e go ]; do sleep 0.02; done; exit 5\"\n",
            listen: ["127.0.0.1:0"]
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let client = ContractClient(
            address: .tcp(daemon.port),
            token: daemon.makeToken("brief", "trigger"),
            visits: ContractClient.Visits()
        )
        let socket = try #require(ContractSocket(client.address))
        socket.send(client.head("POST", "/api/tasks/job/run?wait=true"))
        try #require(eventually { daemon.runs("status=running").count == 1 })
        #expect(daemon.request("DELETE", "/api/tokens/brief").status == 204)
        try client.post("/api/tasks/job/run").refused(401)
        daemon.folder.write("", to: "go")
        let answer = try #require(ContractAnswer(from: socket, method: "POST", path: "run"))
        let run = try answer.object(.run, 201)
        #expect(run["status"] == "ended" && run["exit_code"] == 5)
        // The connection stands, and lets nobody in any more.
        socket.send(client.head("GET", "/api/tasks/job/runs/\(run.id)"))
        try #require(ContractAnswer(from: socket, method: "GET", path: "run")).refused(401)
    }
}
