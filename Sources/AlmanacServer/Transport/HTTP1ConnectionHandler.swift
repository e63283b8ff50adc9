import AlmanacAPI
import NIOCore
import NIOHTTP1

/// What Hummingbird leaves undone on an HTTP/1 connection: it stands between NIO's codec and Hummingbird's own.
///
/// - It tells `ClientConnection` that the client has hung up.
/// - It makes `Connection: close` of everything that means it, a request of HTTP/1.0 included, in the one spelling that
///   Hummingbird looks for, and says so in the answer. RFC 9112 9.3.
/// - It puts the host of an absolute request target in the place of the Host header, since Hummingbird's codec drops it.
///   RFC 9112 3.2.2.
/// - It answers HTTP/1.0 with HTTP/1.0, which knows no chunks.
/// - It turns Hummingbird's bare answer to what is no HTTP into a problem.
/// - It sends `100 Continue` on demand, and reads on what nobody wants any more.
/// - It refuses bodies in other codings than chunks, as RFC 9112 6.1 has it of those that are not known.
/// - When the daemon goes down, it gives a client that has just connected, or is between two requests, a moment for the
///   request that may be on its way.
final class HTTP1ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// The outbound event that asks for a `100 Continue`.
    struct SendContinue: Sendable {}

    /// The outbound event that says that nobody wants what the client sends yet: it is read, and thrown away.
    struct DiscardInput: Sendable {}

    private struct OpenRequest {
        var version: HTTPVersion
        var isKeepAlive: Bool
    }

    private let connection: ClientConnection
    /// Requests whose answers have not been written, oldest first.
    private var openRequests = CircularBuffer<OpenRequest>(initialCapacity: 2)
    private var parserError: HTTPParserError?
    /// How long a connection without a request is kept open when the daemon goes down.
    private let patience: TimeAmount
    private var quiescing: Scheduled<Void>?
    /// Whether the answer to the oldest request has begun: nothing can be added to its head any more.
    private var hasBegunAnswer = false
    /// Whether the connection closes after the answer that it is at.
    private var isClosing = false
    private var isDiscarding = false

    init(connection: ClientConnection, patience: TimeAmount) {
        self.connection = connection
        self.patience = patience
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // What is no request has no body, and nothing comes after it.
        if parserError != nil || isDiscarding { return }
        guard case .head(var head) = unwrapInboundIn(data) else {
            context.fireChannelRead(data)
            return
        }
        if Self.hasOtherCoding(head.headers) {
            errorCaught(context: context, error: HTTPParserError.unknown)
            return
        }
        let isKeepAlive = head.isKeepAlive
        openRequests.append(OpenRequest(version: head.version, isKeepAlive: isKeepAlive))
        if !isKeepAlive {
            head.headers.replaceOrAdd(name: "connection", value: "close")
        }
        if let authority = Self.authority(ofTarget: head.uri), head.headers["host"].count == 1 {
            head.headers.replaceOrAdd(name: "host", value: authority)
        }
        context.fireChannelRead(wrapInboundOut(.head(head)))
        // This request is the connection's last one.
        if quiescing != nil { quiesce(context) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        // Who is behind this asks for no more than they take.
        if isDiscarding { context.read() }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head) where head.status.code < 200:
            context.write(data, promise: promise)
        case .head(var head):
            guard let request = openRequests.first else {
                writeParserProblem(context: context, promise: promise)
                return
            }
            if request.version == .http1_0 {
                head.version = request.version
            }
            hasBegunAnswer = true
            if !request.isKeepAlive || (isClosing && openRequests.count == 1) {
                head.headers.replaceOrAdd(name: "connection", value: "close")
            }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            _ = openRequests.popFirst()
            hasBegunAnswer = false
            context.write(data, promise: promise)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError {
            parserError = parserError ?? error
        }
        context.fireErrorCaught(error)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent {
            connection.hangUp.fire()
        }
        guard event is ChannelShouldQuiesceEvent else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        guard quiescing == nil, !isClosing else { return }
        // An answer that has begun has told the client that the connection stays open.
        if openRequests.count <= (hasBegunAnswer ? 1 : 0) {
            let loopBound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            quiescing = context.eventLoop.scheduleTask(in: patience) {
                let (handler, context) = loopBound.value
                handler.quiesce(context)
            }
        } else {
            quiesce(context)
        }
    }

    /// Lets Hummingbird close the connection, after the answer to the request that it is at.
    private func quiesce(_ context: ChannelHandlerContext) {
        quiescing?.cancel()
        quiescing = nil
        isClosing = true
        context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }

    func channelInactive(context: ChannelHandlerContext) {
        quiescing?.cancel()
        quiescing = nil
        connection.hangUp.fire()
        context.fireChannelInactive()
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        switch event {
        case is SendContinue:
            context.writeAndFlush(
                wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))),
                promise: promise
            )
        case is DiscardInput:
            isDiscarding = true
            context.read()
            promise?.succeed()
        default:
            context.triggerUserOutboundEvent(event, promise: promise)
        }
    }

    /// Whether the body is coded in another way than in chunks, which another program may not see or see through.
    private static func hasOtherCoding(_ headers: HTTPHeaders) -> Bool {
        headers["transfer-encoding"].contains { $0.lowercased() != "chunked" }
    }

    /// The authority of an absolute request target, `http://127.0.0.1:9477/health`; nil for any other.
    private static func authority(ofTarget target: String) -> String? {
        guard !target.hasPrefix("/"), let separator = target.utf8.firstRange(of: "://".utf8) else { return nil }
        return String(target[separator.upperBound...].prefix { $0 != "/" && $0 != "?" })
    }

    /// Writes the head and the body of the answer to what is no request; Hummingbird writes its end.
    private func writeParserProblem(context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        let problem = ProblemError.parser(parserError ?? .unknown)
        let body = problem.encoded()
        let head = HTTPResponseHead(
            version: .http1_1,
            status: HTTPResponseStatus(statusCode: problem.problem.status),
            headers: [
                "content-type": ProblemError.mediaType,
                "content-length": String(body.count),
                "connection": "close",
            ]
        )
        context.write(wrapOutboundOut(.head(head)), promise: promise)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
    }
}
