import AlmanacAPI
import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix

/// Speaks to the daemon over its Unix socket or the network, in the API's own types.
struct DaemonClient: Sendable {
    /// Where the daemon is.
    let address: DaemonAddress

    private let http: HTTPClient

    /// The most bytes that an answer which is held in memory may have.
    private static let answerLimit = 256 << 20

    /// An answer with its text as it came, for `--json`.
    struct Answer<Value: Sendable>: Sendable {
        let value: Value
        let json: [UInt8]
    }

    /// The same as the other, with the daemon's Unix socket.
    static func withClient<Result>(
        socket: String,
        _ body: (DaemonClient) async throws -> Result
    ) async throws -> Result {
        try await withClient(.socket(socket), body)
    }

    /// Lends a client to the body and closes its connections in any case.
    static func withClient<Result>(
        _ address: DaemonAddress,
        _ body: (DaemonClient) async throws -> Result
    ) async throws -> Result {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(5), read: .seconds(60))
        )
        // A daemon that is not there now will not be a moment later.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        if case .network(let network) = address { configuration.tlsConfiguration = network.tls }
        let http = HTTPClient(eventLoopGroup: NIOSingletons.posixEventLoopGroup, configuration: configuration)
        do {
            let result = try await body(DaemonClient(address: address, http: http))
            try await http.shutdown()
            return result
        } catch {
            try? await http.shutdown()
            throw error
        }
    }

    private init(address: DaemonAddress, http: HTTPClient) {
        self.address = address
        self.http = http
    }

    // MARK: Requests

    /// Asks for a value.
    ///
    /// - Throws: ``DaemonClientError``, as every request.
    func get<Value: Decodable & Sendable>(_ path: APIPath, as type: Value.Type = Value.self) async throws -> Answer<
        Value
    > {
        try await answer(to: request(.GET, path))
    }

    /// Asks for something to be done.
    ///
    /// - Parameter body: sent as JSON.
    func post<Value: Decodable & Sendable>(
        _ path: APIPath,
        body: (some Encodable & Sendable)? = TriggerBody?.none,
        as type: Value.Type = Value.self
    ) async throws -> Answer<Value> {
        var request = request(.POST, path)
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: try WireCoding.encode(body)))
        }
        return try await answer(to: request)
    }

    /// Asks for something to be removed.
    func delete(_ path: APIPath) async throws {
        let response = try await response(to: request(.DELETE, path))
        _ = try await reading { try await response.body.collect(upTo: Self.answerLimit) }
    }

    /// Hands the answer's bytes to the body piece by piece as they come.
    ///
    /// - Throws: the body's ``OutputError`` too.
    func stream(_ path: APIPath, _ body: (ByteBuffer) throws(OutputError) -> Void) async throws {
        let response = try await response(to: request(.GET, path))
        do {
            for try await piece in response.body { try body(piece) }
        } catch let error as OutputError {
            throw error
        } catch {
            throw DaemonClientError(transport: error, address)
        }
    }

    /// Reads a stream of events as they come, until the body has had enough or the stream ends.
    ///
    /// - Parameters:
    ///   - id: that of the last event that has been seen; nil for none.
    ///   - body: returns whether to go on; what it throws comes out of here as it is.
    func events(
        _ path: APIPath,
        after id: Int64?,
        _ body: (ServerSentEvent) throws -> Bool
    ) async throws {
        var request = request(.GET, path)
        request.headers.replaceOrAdd(name: "accept", value: "text/event-stream")
        if let id { request.headers.add(name: "last-event-id", value: "\(id)") }
        let response = try await response(to: request)
        var parser = EventParser()
        var failure: (any Error)?
        do {
            for try await piece in response.body {
                for event in parser.parse(piece.readableBytesView) {
                    do {
                        guard try body(event) else { return }
                    } catch {
                        failure = error
                        throw error
                    }
                }
            }
        } catch {
            throw failure ?? DaemonClientError(transport: error, address)
        }
    }

    // MARK: HTTP

    private func request(_ method: HTTPMethod, _ path: APIPath) -> HTTPClientRequest {
        var request: HTTPClientRequest
        switch address {
        case .socket(let socket):
            request = HTTPClientRequest(url: "http+unix://\(APIPath.encoded(socket))\(path)")
            request.headers.add(name: "host", value: "localhost")
        case .network(let network):
            request = HTTPClientRequest(url: "\(network.url)\(path)")
            if let token = network.token {
                request.headers.add(name: "authorization", value: "Bearer \(token.secret)")
            }
        }
        request.method = method
        request.headers.add(name: "accept", value: "application/json")
        return request
    }

    private func answer<Value: Decodable>(to request: HTTPClientRequest) async throws -> Answer<Value> {
        let response = try await response(to: request)
        let bytes = Array(
            try await reading { try await response.body.collect(upTo: Self.answerLimit) }.readableBytesView
        )
        do {
            return Answer(value: try WireCoding.decode(Value.self, from: bytes), json: bytes)
        } catch {
            if case .network(let network) = address,
                response.headers.first(name: "content-type")?.contains("json") != true
            {
                throw DaemonClientError.network(network.url, .stranger("its answer is no JSON"))
            }
            throw DaemonClientError.notUnderstood(reason: "expected \(Value.self)")
        }
    }

    /// The head of a good answer; anything else becomes an error.
    private func response(to request: HTTPClientRequest) async throws -> HTTPClientResponse {
        let response = try await reading { try await http.execute(request, deadline: .distantFuture) }
        guard !(200..<300).contains(response.status.code) else { return response }
        let bytes = try await reading { try await response.body.collect(upTo: Self.answerLimit) }.readableBytesView
        guard let problem = try? WireCoding.decode(Problem.self, from: bytes) else {
            throw DaemonClientError(
                strangeStatus: response.status.code,
                location: response.headers.first(name: "location"),
                address
            )
        }
        throw DaemonClientError(refusal: problem, address)
    }

    private func reading<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch {
            let failure = DaemonClientError(transport: error, address)
            guard case .network(let network) = address, failure.isUntrusted else { throw failure }
            throw DaemonClientError.network(network.url, await CertificateLook.at(network))
        }
    }
}
