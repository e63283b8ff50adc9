import Testing

@testable import AlmanacCommands

@Suite("A stream's events are what its lines say, however they are cut")
struct EventParserTests {
    private static let text =
        ":\n\nid: 1\nevent: line\ndata: {\"a\":1}\n\nevent:x\r\ndata: b\r\ndata:  c\r\n\r\n"
        + "id: 9\nevent: no-data\n\ndata: d\rignored\r\rdata: torn\n"

    private static let events = [
        ServerSentEvent(name: "line", data: Array("{\"a\":1}".utf8)),
        ServerSentEvent(name: "x", data: Array("b\n c".utf8)),
        ServerSentEvent(name: "message", data: Array("d".utf8)),
    ]

    @Test("in pieces of every size", arguments: 1...20)
    func pieces(size: Int) {
        var parser = EventParser()
        var found: [ServerSentEvent] = []
        var rest = Array(Self.text.utf8)[...]
        while !rest.isEmpty {
            found += parser.parse(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        #expect(found == Self.events)
    }
}
