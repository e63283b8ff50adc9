import AlmanacAPI
import AlmanacTesting
import ArgumentParser
import Glibc
import NIOCore
import Testing

@testable import AlmanacCommands

@Suite("The client speaks the API and says plainly what went wrong")
struct DaemonClientTests {
    static let run =
        #"{"id":"01KJ0000000000000000000000","task_name":"backup","status":"running","exit_code":0,"triggered_by":"api","#
        + #""created_at":"2026-03-29T01:00:00Z","start_at":"2026-03-29T01:00:00.250Z","retry_attempt":0,"instance_index":0}"#

    /// The error of a request for the tasks.
    private func error(socket: String) async throws -> DaemonClientError {
        try await #require(throws: DaemonClientError.self) {
            _ = try await DaemonClient.withClient(socket: socket) {
                try await $0.get(APIPath("tasks"), as: [TaskResource].self)
            }
        }
    }

    private func error(of answer: ScriptedDaemon.Answer) async throws -> String {
        let daemon = try await ScriptedDaemon(answer)
        let error = try await error(socket: daemon.socket)
        try await daemon.stop()
        return error.description
    }

    @Test("a value comes with the text that it was read from")
    func value() async throws {
        let daemon = try await ScriptedDaemon(.init(#"[{"name":"a","api_trigger":true,"new_field":1}]"#))
        let answer = try await DaemonClient.withClient(socket: daemon.socket) {
            try await $0.get(APIPath("tasks"), as: [TaskResource].self)
        }
        #expect(answer.value == [TaskResource(name: "a", apiTrigger: true)])
        #expect(String(decoding: answer.json, as: UTF8.self) == #"[{"name":"a","api_trigger":true,"new_field":1}]"#)
        #expect(daemon.requests == ["GET /api/tasks host=localhost"])
        try await daemon.stop()
    }

    @Test("one connection serves several requests, with and without a body")
    func requests() async throws {
        let daemon = try await ScriptedDaemon(.init(Self.run, status: 201), .init(Self.run), .init("raw\nbytes"))
        let bytes = try await DaemonClient.withClient(socket: daemon.socket) { client in
            _ = try await client.post(
                APIPath("tasks", "backup", "run"),
                body: TriggerBody(params: ["region": "eu", "empty": ""]),
                as: RunResource.self
            )
            let run: RunResource = try await client.post(.runs(of: "a/b", "x y", "stop")).value
            #expect(run.taskName == "backup")
            var bytes: [UInt8] = []
            try await client.stream(.runs(of: "backup", "1", "log", "raw")) { bytes += $0.readableBytesView }
            return bytes
        }
        #expect(String(decoding: bytes, as: UTF8.self) == "raw\nbytes")
        #expect(
            daemon.requests == [
                #"POST /api/tasks/backup/run host=localhost application/json {"params":{"empty":"","region":"eu"}}"#,
                "POST /api/tasks/a%2Fb/runs/x%20y/stop host=localhost",
                "GET /api/tasks/backup/runs/1/log/raw host=localhost",
            ]
        )
        try await daemon.stop()
    }

    @Test("no socket: how to start a daemon")
    func noSocket() async throws {
        let folder = TemporaryFolder()
        let error = try await error(socket: folder.file("none.sock"))
        #expect(error == .noDaemon(socket: folder.file("none.sock")))
        #expect(error.description.contains("start one with 'almanac daemon'"))
        #expect(!error.description.contains("\n"))
    }

    @Test("the socket of a daemon that was killed: the same")
    func deadSocket() async throws {
        let folder = TemporaryFolder()
        let path = folder.file("dead.sock")
        try bindAndClose(path)
        #expect(try await error(socket: path) == .noDaemon(socket: path))
    }

    @Test("a path that is too long for a socket")
    func longPath() async throws {
        let path = "/tmp/" + String(repeating: "x", count: 200)
        #expect(
            try await error(socket: path) == .unusableSocket(socket: path, reason: "the path is longer than 107 bytes")
        )
    }

    @Test("a daemon that goes away in the middle")
    func hangUp() async throws {
        #expect(try await error(of: .hangUp).contains("the daemon closed the connection"))
    }

    @Test("a problem is told by its title and detail, with a line for each located error")
    func problem() async throws {
        let problem =
            #"{"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"validation failed","errors":["#
            + #"{"location":"body.params.region","message":"no such parameter","value":"eu"},"#
            + #"{"location":"query.wait","message":"expected true or false\u001b[2J"}]}"#
        #expect(
            try await error(of: .init(problem, status: 422)) == """
                Unprocessable Entity: validation failed
                  body.params.region: no such parameter
                  query.wait: expected true or false\u{FFFD}[2J
                """
        )
    }

    @Test("a problem without a detail")
    func title() async throws {
        #expect(try await error(of: .init(#"{"title":"Not Found","status":404}"#, status: 404)) == "Not Found")
    }

    @Test(
        "an answer that is none of the API's",
        arguments: [ScriptedDaemon.Answer("<html>"), .init("[1]"), .init("{}"), .init("oops", status: 502)]
    )
    func nonsense(answer: ScriptedDaemon.Answer) async throws {
        #expect(try await error(of: answer).hasPrefix("the daemon's answer makes no sense to this client"))
    }

    /// Leaves a socket file behind that nobody listens on.
    private func bindAndClose(_ path: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        let outcome = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(outcome == 0)
    }
}

@Suite("Paths of the API hold any text")
struct APIPathTests {
    @Test("segments and values are encoded")
    func encoding() {
        #expect(APIPath("tasks", "a:b/c", "run").description == "/api/tasks/a%3Ab%2Fc/run")
        #expect(APIPath("tasks", "..").description == "/api/tasks/%2E%2E")
        #expect(
            APIPath("runs").query("limit", 5).query("status", "failed,missed").query("task_name", String?.none)
                .query("x", "ä&=").description == "/api/runs?limit=5&status=failed%2Cmissed&x=%C3%A4%26%3D"
        )
    }

    @Test("the options of almanac runs make its request")
    func runs() throws {
        #expect(try RunsCommand.parse([]).path.description == "/api/runs?limit=20")
        #expect(
            try RunsCommand.parse([
                "backup", "--status", "failed", "--trigger", "cron", "--limit", "5", "--offset", "10",
            ])
            .path.description == "/api/runs?limit=5&offset=10&task_name=backup&status=failed&triggered_by=cron"
        )
    }
}
