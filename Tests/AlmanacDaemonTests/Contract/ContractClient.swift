import AlmanacAPI
import Synchronization
import Testing

/// Asks a daemon over one of its sockets, and keeps which operations it has been given good answers of.
struct ContractClient: Sendable {
    let address: ContractSocket.Address
    /// Sent as `Authorization: Bearer TOKEN`.
    var token: String?
    let visits: Visits

    /// The operations that have been answered as the contract has it, by their ids.
    final class Visits: Sendable {
        private let ids = Mutex<Set<String>>([])

        var all: Set<String> { ids.withLock { $0 } }

        func add(_ id: String) { ids.withLock { _ = $0.insert(id) } }
        func clear() { ids.withLock { $0 = [] } }
    }

    /// The same without credentials, or with others.
    func with(token: String?) -> ContractClient {
        ContractClient(address: address, token: token, visits: visits)
    }

    func get(_ path: String) throws -> ContractAnswer { try send("GET", path) }

    func delete(_ path: String) throws -> ContractAnswer { try send("DELETE", path) }

    func post(_ path: String, _ body: JSONValue? = nil) throws -> ContractAnswer {
        try send("POST", path, body: try body.map { String(decoding: try WireCoding.encode($0), as: UTF8.self) })
    }

    /// Sends a request on a connection of its own.
    ///
    /// - Parameter type: of the body, where there is one.
    func send(
        _ method: String,
        _ path: String,
        body: String? = nil,
        type: String? = "application/json",
        host: String? = nil,
        _ fields: [String] = []
    ) throws -> ContractAnswer {
        let socket = try #require(ContractSocket(address), "no connection")
        socket.send(head(method, path, body: body, type: type, host: host, ["Connection: close"] + fields))
        if let body { socket.send(body) }
        let answer = try #require(
            ContractAnswer(from: socket, method: method, path: path),
            "\(method) \(path) has no answer"
        )
        if answer.status < 300, let operation = Self.operation(method, path), answer.status == operation.status {
            visits.add(operation.id)
        }
        return answer
    }

    /// The head of a request, with the empty line at its end.
    func head(
        _ method: String,
        _ path: String,
        body: String? = nil,
        type: String? = nil,
        host: String? = nil,
        _ fields: [String] = []
    ) -> String {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: \(host ?? self.host)"] + fields
        if let token { lines.append("Authorization: Bearer \(token)") }
        if let body {
            lines.append("Content-Length: \(body.utf8.count)")
            if let type { lines.append("Content-Type: \(type)") }
        }
        return lines.joined(separator: "\r\n") + "\r\n\r\n"
    }

    /// Opens a stream of events.
    func stream(_ path: String, after id: Int64? = nil) throws -> ContractStream {
        let socket = try #require(ContractSocket(address), "no connection")
        socket.send(head("GET", path, id.map { ["Last-Event-ID: \($0)"] } ?? []))
        let stream = try #require(ContractStream(socket), "GET \(path) is no stream")
        if let operation = Self.operation("GET", path) { visits.add(operation.id) }
        return stream
    }

    private var host: String {
        switch address {
        case .unix: "localhost"
        case .tcp(let port): "127.0.0.1:\(port)"
        }
    }

    /// What a request asks for; one without parameters in its path comes before one with them.
    private static func operation(_ method: String, _ path: String) -> APIOperation? {
        let parts = path.prefix { $0 != "?" }.split(separator: "/")
        return APIOperation.all
            .filter { operation in
                let pattern = operation.path.split(separator: "/")
                return operation.method.rawValue == method && pattern.count == parts.count
                    && zip(pattern, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
            }
            .min { $0.pathParameters.count < $1.pathParameters.count }
    }
}

/// What a request was answered with.
struct ContractAnswer {
    let status: Int
    /// By name in lower case.
    let fields: [String: String]
    let body: [UInt8]
    /// What was asked, for messages.
    let request: String

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The media type without its parameters.
    var type: String { String((fields["content-type"] ?? "").prefix { $0 != ";" }) }

    /// Reads an answer whose length its head says.
    init?(from socket: ContractSocket, method: String, path: String) {
        guard let (status, fields) = Self.head(from: socket) else { return nil }
        var body: [UInt8] = []
        if method == "HEAD" || status == 204 {
        } else if fields["transfer-encoding"] == "chunked" {
            while let chunk = Self.chunk(from: socket) { body += chunk }
        } else if let length = fields["content-length"].flatMap({ Int($0) }) {
            guard let whole = socket.take(length) else { return nil }
            body = whole
        }
        self.status = status
        self.fields = fields
        self.body = body
        request = "\(method) \(path)"
    }

    static func head(from socket: ContractSocket) -> (status: Int, fields: [String: String])? {
        guard let head = socket.take(through: "\r\n\r\n") else { return nil }
        var lines = head.split(separator: "\r\n").makeIterator()
        let words = lines.next()?.split(separator: " ") ?? []
        guard words.count > 1, let status = Int(words[1]) else { return nil }
        var fields: [String: String] = [:]
        while let line = lines.next(), let colon = line.firstIndex(of: ":") {
            fields[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        return (status, fields)
    }

    /// The next part of a body; nil after the last one.
    static func chunk(from socket: ContractSocket) -> [UInt8]? {
        guard let line = socket.take(through: "\r\n"), let count = Int(line.dropLast(), radix: 16),
            let chunk = socket.take(count + 2), count > 0
        else { return nil }
        return chunk.dropLast(2)
    }
}

/// Server-sent events as they come.
final class ContractStream {
    struct Event {
        var id: Int64?
        var name = ""
        var data: JSONValue = .null
    }

    private let socket: ContractSocket
    private var text: [UInt8] = []

    /// Nil where the answer is none of 200 with events.
    init?(_ socket: ContractSocket) {
        guard let (status, fields) = ContractAnswer.head(from: socket), status == 200,
            fields["content-type"] == "text/event-stream"
        else { return nil }
        self.socket = socket
    }

    /// The next event; nil at the end of the stream.
    func next() -> Event? {
        while true {
            if let end = text.firstRange(of: "\n\n".utf8) {
                let block = String(decoding: text[..<end.lowerBound], as: UTF8.self)
                text.removeSubrange(..<end.upperBound)
                if let event = Self.event(block) { return event }
            } else if let chunk = ContractAnswer.chunk(from: socket) {
                text += chunk
            } else {
                return nil
            }
        }
    }

    /// The next event that is asked for, the others passed over; nil at the end of the stream.
    func next(where isWanted: (Event) -> Bool) -> Event? {
        while let event = next() {
            if isWanted(event) { return event }
        }
        return nil
    }

    /// All events up to the end of the stream.
    var rest: [Event] {
        var events: [Event] = []
        while let event = next() { events.append(event) }
        return events
    }

    /// - Returns: nil for a comment.
    private static func event(_ block: String) -> Event? {
        var event = Event()
        for line in block.split(separator: "\n") where !line.hasPrefix(":") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            switch line[..<colon] {
            case "id": event.id = Int64(value)
            case "event": event.name = String(value)
            case "data": event.data = (try? WireCoding.decode(JSONValue.self, from: value.utf8)) ?? .null
            default: break
            }
        }
        return event.name.isEmpty ? nil : event
    }
}
