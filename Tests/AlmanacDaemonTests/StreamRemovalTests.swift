import AlmanacAPI
import AlmanacTesting
import Testing

@Suite("A run that is removed while its log is streamed")
struct StreamRemovalTests {
    private let daemon: DaemonProcess
    private let client: ContractClient

    init() throws {
        daemon = DaemonProcess(
            """
            [tasks.long]
            run = "head -c 12000000 /dev/zero | tr '\\\\0' x | fold -w 999; echo; echo last"
            keep_runs = 1
            [tasks.active]
            run = "echo begun; while [ ! -e go ]; do sleep 0.02; done; echo over"
            """
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        client = ContractClient(address: .unix(daemon.socketPath), visits: ContractClient.Visits())
    }

    /// A stream that waits for its client, in the midst of a log that is too long for the socket.
    private func begin(_ run: JSONValue) throws -> ContractStream {
        let stream = try client.stream("/api/runs/\(run.id)/log/stream?from=0&replay_limit=50000")
        #expect(stream.next()?.data["n"] == 0)
        return stream
    }

    /// Expects what is left of a stream: lines in their order, and the word that the run is gone.
    private func expectDeletion(_ stream: ContractStream) {
        let rest = stream.rest
        let lines = rest.dropLast().compactMap { $0.name == "line" ? $0.id : nil }
        #expect(lines == Array(1...Int64(lines.count)) && lines.count == rest.count - 1)
        #expect(lines.count < 12_000, "it was over before the run was removed")
        // The log has no lines any more.
        #expect(rest.last?.name == "done" && rest.last?.data == ["final_line": -1, "status": "deleted"])
    }

    @Test("By hand: its stream ends as deleted, and others go on")
    func byHand() throws {
        let active = try client.start("active")
        let other = try client.stream("/api/runs/\(active.id)/log/stream")
        #expect(other.next()?.data["text"] == "begun")
        let run = try client.run("long")
        let stream = try begin(run)
        let second = try begin(run)
        #expect(try client.delete("/api/runs/\(run.id)").status == 204)
        expectDeletion(stream)
        expectDeletion(second)
        daemon.folder.write("", to: "go")
        let rest = other.rest
        #expect(rest.map(\.name) == ["line", "done"] && rest.first?.data["text"] == "over")
        #expect(rest.last?.data == ["final_line": 1, "status": "ended"])
    }

    @Test("By keep_runs: the same, while the stream of the run that is kept goes on")
    func byRetention() throws {
        let first = try client.run("long")
        let stream = try begin(first)
        let second = try client.run("long")
        #expect(try eventually { try client.get("/api/runs/\(first.id)").status == 404 })
        expectDeletion(stream)
        let kept = try begin(second).rest
        #expect(kept.dropLast().last?.data["text"] == "last" && kept.last?.data["status"] == "ended")
    }
}
