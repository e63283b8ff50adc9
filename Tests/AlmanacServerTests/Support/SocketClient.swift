import AlmanacServer
import NIOCore
import NIOPosix
import Testing

/// A connection that speaks bytes, so that a test can say what no HTTP client would.
struct RawConnection: Sendable {
    private let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// Connects, talks and closes.
    static func open<Result: Sendable>(
        _ address: ListenAddress,
        _ body: @Sendable (inout Conversation) async throws -> Result
    ) async throws -> Result {
        let bootstrap = ClientBootstrap(group: Fixture.group).channelOption(.allowRemoteHalfClosure, value: true)
        let initialize: @Sendable (any Channel) -> EventLoopFuture<NIOAsyncChannel<ByteBuffer, ByteBuffer>> = {
            channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel(
                    wrappingChannelSynchronously: channel,
                    configuration: .init(isOutboundHalfClosureEnabled: true)
                )
            }
        }
        let channel =
            switch address {
            case .tcp(let host, let port):
                try await bootstrap.connect(host: "\(host)", port: Int(port), channelInitializer: initialize)
            case .unix(let path):
                try await bootstrap.connect(unixDomainSocketPath: path, channelInitializer: initialize)
            }
        return try await channel.executeThenClose { inbound, outbound in
            var conversation = Conversation(
                incoming: inbound.makeAsyncIterator(),
                outgoing: outbound,
                channel: channel.channel
            )
            return try await body(&conversation)
        }
    }

    struct Conversation {
        var incoming: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
        let outgoing: NIOAsyncChannelOutboundWriter<ByteBuffer>
        let channel: any Channel
        private var received: [UInt8] = []

        init(
            incoming: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
            outgoing: NIOAsyncChannelOutboundWriter<ByteBuffer>,
            channel: any Channel
        ) {
            self.incoming = incoming
            self.outgoing = outgoing
            self.channel = channel
        }

        func send(_ text: String) async throws {
            try await outgoing.write(ByteBuffer(string: text))
        }

        func closeOutput() { outgoing.finish() }

        func hangUp() async throws { try await channel.close() }

        /// Whether the server closes the connection without another byte.
        mutating func isClosed() async throws -> Bool {
            while received.isEmpty {
                guard try await more() else { return true }
            }
            return false
        }

        /// Everything up to the end of the connection.
        mutating func rest() async throws -> String {
            while try await more() {}
            defer { received = [] }
            return String(decoding: received, as: UTF8.self)
        }

        /// The next answer; nil where the connection ends first.
        mutating func answer(toHead: Bool = false) async throws -> Answer? {
            guard let head = try await take(through: "\r\n\r\n") else { return nil }
            var lines = head.split(separator: "\r\n").makeIterator()
            let statusLine = lines.next() ?? ""
            let status = Int(statusLine.split(separator: " ")[1]) ?? 0
            var headers: [String: String] = [:]
            while let line = lines.next(), let colon = line.firstIndex(of: ":") {
                headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmed
            }
            var answer = Answer(status: status, headers: headers, body: [])
            if toHead || status < 200 || status == 204 { return answer }
            if headers["transfer-encoding"] == "chunked" {
                // A line's end, CR and LF, is one character to Swift.
                while let line = try await take(through: "\r\n"), let count = Int(line.dropLast(), radix: 16) {
                    guard let chunk = try await take(count + 2) else { return nil }
                    if count == 0 { break }
                    answer.body += chunk.dropLast(2)
                }
            } else if let length = headers["content-length"].flatMap({ Int($0) }) {
                guard let body = try await take(length) else { return nil }
                answer.body = body
            } else {
                answer.body = Array(try await rest().utf8)
            }
            return answer
        }

        /// The next chunk of an answer whose head has been read; nil after the last one.
        mutating func chunk() async throws -> [UInt8]? {
            guard let line = try await take(through: "\r\n"), let count = Int(line.dropLast(), radix: 16),
                let chunk = try await take(count + 2), count > 0
            else { return nil }
            return chunk.dropLast(2)
        }

        private mutating func take(_ count: Int) async throws -> [UInt8]? {
            while received.count < count {
                guard try await more() else { return nil }
            }
            defer { received.removeFirst(count) }
            return Array(received.prefix(count))
        }

        private mutating func take(through end: String) async throws -> String? {
            while true {
                let text = String(decoding: received, as: UTF8.self)
                if let range = text.utf8.firstRange(of: end.utf8) {
                    let count = text.utf8.distance(from: text.utf8.startIndex, to: range.upperBound)
                    return try await take(count).map { String(decoding: $0, as: UTF8.self) }
                }
                guard try await more() else { return nil }
            }
        }

        private mutating func more() async throws -> Bool {
            do {
                guard let buffer = try await incoming.next(isolation: #isolation) else { return false }
                received += buffer.readableBytesView
                return true
            } catch let error as IOError where error.errnoCode == 104 {
                return false
            }
        }
    }
}

extension Substring {
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}

/// Asks over a socket, each request on a connection of its own.
struct SocketClient: APIClient {
    let address: ListenAddress

    func send(_ request: TestRequest) async throws -> Answer {
        let bytes = text(of: request)
        let isHead = request.method == "HEAD"
        let answer = try await RawConnection.open(address) { connection in
            try await connection.send(bytes)
            return try await connection.answer(toHead: isHead)
        }
        let found = try #require(answer)
        ContractCheck.examine(request, found)
        return found
    }

    func text(of request: TestRequest) -> String {
        var text = "\(request.method) \(request.path) HTTP/1.1\r\n"
        if let host = request.host ?? defaultHost { text += "Host: \(host)\r\n" }
        for (name, value) in request.headers { text += "\(name): \(value)\r\n" }
        guard let body = request.body else { return text + "\r\n" }
        if request.isChunked {
            return text + "Transfer-Encoding: chunked\r\n\r\n"
                + "\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n0\r\n\r\n"
        }
        return text + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private var defaultHost: String {
        if case .tcp = address { "\(address)" } else { "localhost" }
    }
}
