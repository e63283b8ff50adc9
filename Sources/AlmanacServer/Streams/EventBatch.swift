import AlmanacAPI
import NIOCore

/// Numbered events, encoded once for all clients that get them.
struct EventBatch: Sendable {
    /// It tells of all events after this number
    let after: Int64
    /// up to and with this one.
    private(set) var through: Int64
    /// The first number that there still was when it was read.
    let firstAvailable: Int64
    /// Whether there was nothing further when it was read.
    let reachesEnd: Bool
    private(set) var bytes = ByteBuffer()
    /// Where in the bytes each event ends.
    private var ends: [(number: Int64, end: Int)] = []

    init(after: Int64, firstAvailable: Int64, reachesEnd: Bool) {
        self.after = after
        through = after
        self.firstAvailable = firstAvailable
        self.reachesEnd = reachesEnd
    }

    /// Adds an event.
    mutating func append(_ number: Int64, _ name: String, _ data: some WireShape) throws {
        bytes.writeEvent(name, id: number, data: try WireCoding.encode(data))
        ends.append((number, bytes.writerIndex))
        advance(to: number)
    }

    /// Says that there is nothing to tell up to a number.
    mutating func advance(to number: Int64) {
        through = max(through, number)
    }

    func covers(_ position: Int64) -> Bool {
        after <= position && position < through
    }

    /// What comes after a number that it covers; the bytes are shared.
    func rest(after position: Int64) -> EventBatch {
        guard position > after else { return self }
        var rest = self
        let start = ends.last { $0.number <= position }?.end ?? 0
        rest.bytes.moveReaderIndex(to: start)
        return rest
    }
}

extension ByteBuffer {
    /// Adds a server-sent event, as the HTML standard has them (9.2.6).
    ///
    /// - Parameter data: one line.
    mutating func writeEvent(_ name: String, id: Int64? = nil, data: [UInt8]) {
        if let id { writeString("id: \(id)\n") }
        writeString("event: \(name)\ndata: ")
        writeBytes(data)
        writeString("\n\n")
    }

    mutating func writeEvent(_ name: String, id: Int64? = nil, _ data: some WireShape) throws {
        writeEvent(name, id: id, data: try WireCoding.encode(data))
    }
}
