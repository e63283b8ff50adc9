import AlmanacAPI
import AlmanacServer
import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOPosix
import Synchronization

/// Something that requests can be sent through.
protocol APIClient: Sendable {
    func send(_ request: TestRequest) async throws -> Answer
}

struct TestRequest: Sendable {
    var method: String
    var path: String
    var headers: [(name: String, value: String)] = []
    var body: String?
    /// Sends the body in chunks, without saying how long it is.
    var isChunked = false
    /// The Host header; nil for none, where the default is the client's own address.
    var host: String?? = .none
}

extension APIClient {
    func get(_ path: String) async throws -> Answer {
        try await send(TestRequest(method: "GET", path: path))
    }

    func post(_ path: String, body: String? = nil, type: String? = "application/json") async throws -> Answer {
        let headers = body == nil ? [] : type.map { [(name: "Content-Type", value: $0)] } ?? []
        return try await send(TestRequest(method: "POST", path: path, headers: headers, body: body))
    }
}

struct Answer: Sendable {
    var status: Int
    /// By name in lower case.
    var headers: [String: String]
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try WireCoding.decode(type, from: body)
    }

    /// Where the faults are, in the order in which they are told.
    var faultLocations: [String] {
        get throws { try decode(Problem.self).errors?.compactMap(\.location) ?? [] }
    }
}

/// Asks the responder itself, with no transport.
struct MemoryClient: APIClient {
    let responder: APIResponder
    let connection: ClientConnection

    init(_ fixture: Fixture, endpoint: ClientConnection.Endpoint = .tcp(listener: .loopback, port: 9477)) throws {
        responder = APIResponder(dependencies: try fixture.dependencies, port: 9477, logger: Fixture.logger)
        connection = ClientConnection(endpoint: endpoint, eventLoop: Fixture.group.next())
    }

    init(_ responder: APIResponder, _ connection: ClientConnection) {
        self.responder = responder
        self.connection = connection
    }

    func send(_ request: TestRequest) async throws -> Answer {
        var head = HTTPRequest(
            method: HTTPRequest.Method(request.method)!,
            scheme: "http",
            authority: request.host ?? "127.0.0.1:9477",
            path: request.path
        )
        for (name, value) in request.headers {
            head.headerFields.append(HTTPField(name: HTTPField.Name(name)!, value: value))
        }
        let body = ByteBuffer(string: request.body ?? "")
        if request.isChunked {
            head.headerFields[.transferEncoding] = "chunked"
        } else if request.body != nil {
            head.headerFields[.contentLength] = String(body.readableBytes)
        }
        let response = await responder.respond(
            to: Request(head: head, body: RequestBody(buffer: body)),
            on: connection
        )
        let collector = BodyCollector()
        try await response.body.write(collector)
        let fields = response.headers.map { ($0.name.canonicalName, $0.value) }
        let answer = Answer(
            status: response.status.code,
            headers: Dictionary(fields) { first, _ in first },
            body: collector.bytes
        )
        ContractCheck.examine(request, answer)
        return answer
    }

    private final class BodyCollector: ResponseBodyWriter {
        private let collected = Mutex<[UInt8]>([])

        var bytes: [UInt8] { collected.withLock { $0 } }

        func write(_ buffer: ByteBuffer) async throws {
            collected.withLock { $0 += buffer.readableBytesView }
        }

        func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }
}
