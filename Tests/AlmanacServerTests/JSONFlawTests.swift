import AlmanacAPI
import Testing

@testable import AlmanacServer

@Suite("A body says one thing, to whoever reads it")
struct JSONFlawTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var text: String
        var flaw: JSONFlaw?

        var testDescription: String { text }
    }

    static let rows = [
        Row(text: #"{}"#),
        Row(text: #" { "a" : [ 1 , {"a": "a"} , [ ] ] , "b" : {"a": 1, "b": ","} } "#),
        Row(text: #"{"a": "a", "b": "a"}"#),
        Row(text: #"["a", "a", {"a": 1}, {"a": 1}]"#),
        Row(text: #"{"a": ",}", "b": "\",]"}"#),
        Row(text: #"{"\\": 1, "\"": 2}"#),
        Row(text: #"{"a": 1,}"#, flaw: .trailingComma),
        Row(text: #"{"a": [1, 2 , ]}"#, flaw: .trailingComma),
        Row(text: #"{"a": 1, "a": 1}"#, flaw: .repeatedName("a")),
        Row(text: #"{"a": 1, "b": {"c": [7, {"d": 1, "e": [], "d": 2}]}}"#, flaw: .repeatedName("b.c[1].d")),
        Row(text: #"{"a": 1, "\u0061": 2}"#, flaw: .repeatedName("a")),
        Row(text: #"{"\"": 1, "\u0022": 2}"#, flaw: .repeatedName("\"")),
    ]

    @Test("What decoders make different things of", arguments: rows)
    func flaws(_ row: Row) throws {
        // The decoder takes all of them.
        _ = try WireCoding.decode(JSONValue.self, from: row.text.utf8)
        #expect(JSONFlaw(in: row.text.utf8) == row.flaw)
    }

    @Test("It is refused with its place, and makes no run")
    func refused() async throws {
        let fixture = Fixture()
        let client = try MemoryClient(fixture)
        func locations(_ body: String) async throws -> [String] {
            let answer = try await client.post("/api/tasks/strict/run", body: body)
            #expect(answer.status == 422)
            return try answer.faultLocations
        }
        #expect(try await locations(#"{"params": {"who": "me", "who": "you"}}"#) == ["body.params.who"])
        #expect(try await locations(#"{"params": {"who": "me"}, "params": {}}"#) == ["body.params"])
        #expect(try await locations(#"{"params": {"who": "me"},}"#) == ["body"])
        #expect(await fixture.ledger.requests.isEmpty)
    }
}
