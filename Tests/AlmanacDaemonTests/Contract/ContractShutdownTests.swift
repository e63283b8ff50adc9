import AlmanacAPI
import AlmanacTesting
import Glibc
import Testing

@Suite("The HTTP contract of a daemon that says no")
struct ContractShutdownTests {
    private static let configuration = """
        [tasks.job]
        cron = "0 4 29 2 *"
        run = "true"
        [tasks.sleeper]
        run = "trap '' TERM; echo deaf; while :; do sleep 0.1; done"
        graceful_stop = "3s"
        """

    @Test("Those whose requests it is reading when it goes down are answered with 503")
    func shuttingDown() throws {
        let daemon = DaemonProcess(Self.configuration)
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let client = ContractClient(address: .unix(daemon.socketPath), visits: ContractClient.Visits())
        _ = try client.run("job")
        // It does not end while the requests are answered.
        let sleeper = try client.start("sleeper")
        #expect(try eventually { try client.get("/api/runs/\(sleeper.id)/log/raw").text == "deaf\n" })
        // What makes runs, stops them and removes them, and what holds schedules; the other changes are whole with their
        // answers.
        let requests =
            ["run", "pause", "resume"].map { ("/api/tasks/job/\($0)", "{}") }
            + ["cancel", "delete", "rerun"].map { ("/api/runs/bulk/\($0)", #"{"match_all": true}"#) }
        let waiting = try requests.map { path, body in
            let socket = try #require(ContractSocket(client.address))
            socket.send(client.head("POST", path, body: body, type: "application/json"))
            socket.send(String(body.dropLast()))
            return (socket, path)
        }
        // Those of one client are taken in order, so that all of them are taken once this is answered.
        #expect(try client.get("/health").status == 200)
        daemon.child.send(SIGINT)
        #expect(eventually { unsafe access(daemon.socketPath, F_OK) != 0 })
        for (socket, path) in waiting {
            socket.send("}")
            try #require(ContractAnswer(from: socket, method: "POST", path: path), "\(path)").refused(503)
        }
        #expect(daemon.child.wait()?.exitCode == 0)
    }

    @Test("Guesses of tokens are 429 after a while, and tell when to come again")
    func guesses() throws {
        let daemon = DaemonProcess(Self.configuration, listen: ["127.0.0.1:0"])
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let visits = ContractClient.Visits()
        let client = ContractClient(address: .tcp(daemon.port), token: "almanac_guess", visits: visits)
        let answers = try (0..<20).map { _ in try client.post("/api/tasks/job/run") }
        for answer in answers { answer.refused(answer.status == 429 ? 429 : 401) }
        #expect(answers.first?.status == 401)
        let last = try #require(answers.last)
        #expect(last.status == 429 && (last.fields["retry-after"].flatMap { Int($0) } ?? 0) > 0)
    }
}
