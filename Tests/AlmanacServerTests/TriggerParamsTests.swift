import AlmanacAPI
import AlmanacModel
import AlmanacServer
import Testing

@Suite("A run gets the values that its trigger gives, else the defaults")
struct TriggerParamsTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var rule: String
        var task = "nightly"
        var body: String?
        /// What the run gets; nil where it is refused.
        var values: [String: String]?
        var faults: [ProblemDetail] = []

        var testDescription: String { rule }
    }

    static let long = String(repeating: "x", count: 40 << 10)

    static let rows: [Row] = [
        Row(rule: "no body: defaults", values: ["region": "eu", "--count": "1"]),
        Row(rule: "no params: defaults", body: "{}", values: ["region": "eu", "--count": "1"]),
        Row(rule: "a task without parameters", task: "hello", body: "{\"params\":{}}", values: [:]),
        Row(
            rule: "values, one of the choices among them",
            body: #"{"params":{"region":"us","--count":"12","note":"; rm -rf /"}}"#,
            values: ["region": "us", "--count": "12", "note": "; rm -rf /"]
        ),
        Row(
            rule: "null leaves the default out too, an empty string is a value",
            body: #"{"params":{"region":null,"note":""}}"#,
            values: ["--count": "1", "note": ""]
        ),
        Row(rule: "a required one", task: "strict", body: #"{"params":{"who":"me"}}"#, values: ["who": "me"]),
        Row(
            rule: "a required one is missing, with no body at all",
            task: "strict",
            faults: [ProblemDetail(location: "body.params.who", message: "the parameter is required")]
        ),
        Row(
            rule: "a required one is left out",
            task: "strict",
            body: #"{"params":{"who":null}}"#,
            faults: [ProblemDetail(location: "body.params.who", message: "the parameter is required", value: .null)]
        ),
        Row(
            rule: "a required one is missing beside an unknown member",
            task: "strict",
            body: #"{"x":1}"#,
            faults: [
                ProblemDetail(location: "body.x", message: "is not known; expected params"),
                ProblemDetail(location: "body.params.who", message: "the parameter is required"),
            ]
        ),
        Row(
            rule: "one that is no string is not missing as well",
            task: "strict",
            body: #"{"params":{"who":7}}"#,
            faults: [
                ProblemDetail(location: "body.params.who", message: "expected a string or null", value: .integer(7))
            ]
        ),
        Row(
            rule: "what is found is told unless it is long, an array or an object",
            task: "strict",
            body: "{\"params\":{\"who\":\"me\",\"a\":true,\"b\":1.5,\"c\":[1],\"d\":{}}}",
            faults: [
                ProblemDetail(location: "body.params.a", message: "expected a string or null", value: .bool(true)),
                ProblemDetail(location: "body.params.b", message: "expected a string or null", value: .number(1.5)),
                ProblemDetail(location: "body.params.c", message: "expected a string or null"),
                ProblemDetail(location: "body.params.d", message: "expected a string or null"),
            ]
        ),
        Row(
            rule: "parameters that are a number",
            task: "strict",
            body: #"{"params":7}"#,
            faults: [
                ProblemDetail(location: "body.params", message: "expected an object of strings", value: .integer(7))
            ]
        ),
        Row(
            rule: "of parameters that cannot be read none is missing",
            task: "strict",
            body: #"{"params":[]}"#,
            faults: [ProblemDetail(location: "body.params", message: "expected an object of strings")]
        ),
        Row(
            rule: "every fault, the declared ones' first",
            body: #"{"params":{"zone":"x","area":null,"region":"mars","--count":"many"}}"#,
            faults: [
                ProblemDetail(
                    location: "body.params.region",
                    message: "expected one of its choices: eu, us",
                    value: .string("mars")
                ),
                ProblemDetail(
                    location: "body.params.--count",
                    message: "expected a whole number such as 42",
                    value: .string("many")
                ),
                ProblemDetail(location: "body.params.area", message: "the task has no such parameter", value: .null),
                ProblemDetail(
                    location: "body.params.zone",
                    message: "the task has no such parameter",
                    value: .string("x")
                ),
            ]
        ),
        Row(
            rule: "40 KB are too long to be taken and to be sent back",
            body: "{\"params\":{\"note\":\"\(long)\",\"other\":\"\(long)\"}}",
            faults: [
                ProblemDetail(location: "body.params.note", message: "expected at most 32768 bytes, found 40960"),
                ProblemDetail(location: "body.params.other", message: "the task has no such parameter"),
            ]
        ),
        Row(
            rule: "a NUL",
            body: #"{"params":{"note":"a\u0000b"}}"#,
            faults: [
                ProblemDetail(
                    location: "body.params.note",
                    message: "expected a value without NUL characters",
                    value: .string("a\0b")
                )
            ]
        ),
    ]

    @Test("Values and faults", arguments: rows)
    func values(_ row: Row) async throws {
        let fixture = Fixture()
        let answer = try await MemoryClient(fixture).post("/api/tasks/\(row.task)/run", body: row.body)
        #expect(answer.status == (row.values == nil ? 422 : 201))
        #expect(await fixture.ledger.requests.map(\.params) == (row.values.map { [$0] } ?? []))
        if row.values == nil { #expect(try answer.decode(Problem.self).errors == row.faults) }
    }
}
