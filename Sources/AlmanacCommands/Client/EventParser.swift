/// An event of a stream, as the server has sent it.
struct ServerSentEvent: Equatable {
    /// `message` where the server did not say.
    var name = "message"
    var data: [UInt8] = []
}

/// Takes server-sent events apart, in pieces of any size: the HTML standard, 9.2.6. Comments, ids and times to wait are passed over.
struct EventParser {
    private var line: [UInt8] = []
    private var event = ServerSentEvent()
    private var hasData = false
    private var endsWithReturn = false

    /// The events that the next bytes complete.
    mutating func parse(_ bytes: some Sequence<UInt8>) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            // A line ends with CR, LF or both.
            let isSecondHalf = endsWithReturn && byte == UInt8(ascii: "\n")
            endsWithReturn = byte == UInt8(ascii: "\r")
            if isSecondHalf { continue }
            guard byte == UInt8(ascii: "\n") || endsWithReturn else {
                line.append(byte)
                continue
            }
            if let event = endLine() { events.append(event) }
            line.removeAll(keepingCapacity: true)
        }
        return events
    }

    /// Takes a line; an empty one ends an event.
    private mutating func endLine() -> ServerSentEvent? {
        guard !line.isEmpty else {
            defer { (event, hasData) = (ServerSentEvent(), false) }
            return hasData ? event : nil
        }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        switch String(decoding: line[..<colon], as: UTF8.self) {
        case "event": event.name = String(decoding: value, as: UTF8.self)
        case "data":
            if hasData { event.data.append(UInt8(ascii: "\n")) }
            event.data += value
            hasData = true
        default: break
        }
        return nil
    }
}
