import AlmanacAPI
import AlmanacServer

/// A server-sent event as a client gets it.
struct ReceivedEvent: Equatable, CustomStringConvertible {
    var id: String?
    var name: String?
    var data = ""

    var description: String { "\(id ?? "-") \(name ?? "-") \(data)" }

    func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try WireCoding.decode(type, from: Array(data.utf8))
    }
}

/// Reads a stream off a raw connection.
struct EventReader {
    private var text: [UInt8] = []
    private var waiting: ArraySlice<String> = []
    /// How many comments have come.
    private(set) var comments = 0

    /// Asks for a stream and reads the head of the answer.
    static func open(
        _ path: String,
        after id: String? = nil,
        _ client: SocketClient,
        _ connection: inout RawConnection.Conversation
    ) async throws -> (reader: EventReader, head: Answer?) {
        var request = TestRequest(method: "GET", path: path)
        if let id { request.headers.append((name: "Last-Event-ID", value: id)) }
        try await connection.send(client.text(of: request))
        let head = try await connection.answer(toHead: true)
        return (EventReader(), head)
    }

    /// The next event; nil at the stream's end.
    mutating func next(_ connection: inout RawConnection.Conversation) async throws -> ReceivedEvent? {
        while true {
            while let block = waiting.popFirst() {
                if !block.hasPrefix(":") { return Self.event(block) }
                comments += 1
            }
            guard let chunk = try await connection.chunk() else { return nil }
            text += chunk
            var blocks = String(decoding: text, as: UTF8.self).components(by: "\n\n")
            text = Array(blocks.removeLast().utf8)
            waiting = blocks[...]
        }
    }

    /// The next event but for pings.
    mutating func nextNews(_ connection: inout RawConnection.Conversation) async throws -> ReceivedEvent? {
        while let event = try await next(&connection) {
            if event.name != "ping" { return event }
        }
        return nil
    }

    /// All events of a text.
    static func events(_ text: String) -> [ReceivedEvent] {
        text.components(by: "\n\n").filter { !$0.isEmpty && !$0.hasPrefix(":") }.map { event($0) }
    }

    private static func event(_ block: String) -> ReceivedEvent {
        var event = ReceivedEvent()
        for line in block.split(separator: "\n") {
            let parts = line.components(by: ": ", limit: 1)
            switch parts[0] {
            case "id": event.id = parts[1]
            case "event": event.name = parts[1]
            case "data": event.data += parts[1]
            default: break
            }
        }
        return event
    }
}

extension StringProtocol {
    fileprivate func components(by separator: String, limit: Int = .max) -> [String] {
        var parts: [String] = []
        var rest = Array(utf8)[...]
        while parts.count < limit, let range = rest.firstRange(of: Array(separator.utf8)) {
            parts.append(String(decoding: rest[..<range.lowerBound], as: UTF8.self))
            rest = rest[range.upperBound...]
        }
        return parts + [String(decoding: rest, as: UTF8.self)]
    }
}
