import AlmanacAPI
import AlmanacTesting
import FoundationEssentials
import Testing

@Suite("Values that a task cannot take are refused with their place, and nothing runs")
struct ParameterRefusalTests {
    static let configuration = """
        [tasks.export]
        run = 'touch ran; for value in "$@"; do :; done; echo ${#value}'
        params = [
            { option = "--region", default = "eu", choices = ["eu", "us"] },
            { env = "LIMIT", type = "int" },
            { arg = "file", required = true },
        ]
        """

    struct Row: Sendable, CustomTestStringConvertible {
        let rule: String
        let params: String
        let location: String
        let message: String

        var testDescription: String { rule }
    }

    static let rows = [
        Row(
            rule: "not declared",
            params: #"{"file":"a","--zone":"b"}"#,
            location: "body.params.--zone",
            message: "the task has no such parameter"
        ),
        Row(rule: "missing", params: "{}", location: "body.params.file", message: "the parameter is required"),
        Row(
            rule: "not among the choices",
            params: #"{"file":"a","--region":"mars"}"#,
            location: "body.params.--region",
            message: "expected one of its choices: eu, us"
        ),
        Row(
            rule: "of another type",
            params: #"{"file":"a","LIMIT":"many"}"#,
            location: "body.params.LIMIT",
            message: "expected a whole number such as 42"
        ),
        Row(
            rule: "40 KB long",
            params: "{\"file\":\"\(String(repeating: "x", count: 40 << 10))\"}",
            location: "body.params.file",
            message: "expected at most 32768 bytes, found 40960"
        ),
    ]

    @Test("422, by the real daemon over its socket")
    func refused() throws {
        let daemon = DaemonProcess(Self.configuration)
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        for row in Self.rows {
            let answer = daemon.post("/api/tasks/export/run?wait=true", body: "{\"params\":\(row.params)}")
            #expect(answer.status == 422, "\(row.rule): \(answer.body)")
            let problem = try JSONDecoder().decode(Problem.self, from: Data(answer.body.utf8))
            #expect(problem.errors?.map(\.location) == [row.location], "\(row.rule)")
            #expect(problem.errors?.map(\.message) == [row.message], "\(row.rule)")
        }
        #expect(daemon.runs().isEmpty)
        #expect(TemporaryFolder.read(daemon.folder.file("ran")) == nil)
        // The longest value that is taken goes through whole.
        let longest = String(repeating: "x", count: 32 << 10)
        let answer = daemon.post("/api/tasks/export/run?wait=true", body: "{\"params\":{\"file\":\"\(longest)\"}}")
        #expect((200...299).contains(answer.status), "\(answer.body)")
        let run = try #require(daemon.runs().first)
        #expect(run.endReason == "success")
        #expect(daemon.log(of: run) == "32768\n")
    }
}
