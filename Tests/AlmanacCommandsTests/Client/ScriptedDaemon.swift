import AlmanacTesting
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A server on a Unix socket that answers as a test has written down, one answer a request in order.
final class ScriptedDaemon: Sendable {
    struct Answer: Sendable {
        let status: Int
        let body: String
        /// Whether the connection is closed instead.
        var hangsUp = false

        init(_ body: String, status: Int = 200) {
            self.status = status
            self.body = body
        }

        static let hangUp: Answer = {
            var answer = Answer("")
            answer.hangsUp = true
            return answer
        }()
    }

    let socket: String
    private let folder = TemporaryFolder()
    private let channel: any Channel
    private let script: Script

    /// What is still to be answered, and what was asked: method, address, headers of note, body.
    fileprivate final class Script: Sendable {
        let answers: Mutex<[Answer]>
        let requests = Mutex<[String]>([])

        init(_ answers: [Answer]) {
            self.answers = Mutex(answers)
        }

        func answer(_ request: String) -> Answer {
            requests.withLock { $0.append(request) }
            return answers.withLock { $0.isEmpty ? Answer("nothing is left to answer", status: 500) : $0.removeFirst() }
        }
    }

    /// What was asked, a line each.
    var requests: [String] { script.requests.withLock { $0 } }

    init(_ answers: Answer...) async throws {
        socket = folder.file("almanac.sock")
        let script = Script(answers)
        self.script = script
        channel = try await ServerBootstrap(group: NIOSingletons.posixEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(script: script))
                }
            }
            .bind(unixDomainSocketPath: socket)
            .get()
    }

    /// Ends it; the socket's file stays behind, as that of a killed daemon does.
    func stop() async throws {
        try await channel.close()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let script: Script
        private var request = ""

        init(script: Script) {
            self.script = script
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                request = "\(head.method) \(head.uri) host=\(head.headers["host"].joined())"
                if let id = head.headers.first(name: "last-event-id") { request += " after=\(id)" }
                if let type = head.headers.first(name: "content-type") { request += " \(type)" }
            case .body(let body):
                request += " \(String(decoding: body.readableBytesView, as: UTF8.self))"
            case .end:
                respond(with: script.answer(request), context: context)
            }
        }

        private func respond(with answer: Answer, context: ChannelHandlerContext) {
            guard !answer.hangsUp else {
                context.close(promise: nil)
                return
            }
            let isProblem = answer.status >= 400
            let head = HTTPResponseHead(
                version: .http1_1,
                status: HTTPResponseStatus(statusCode: answer.status),
                headers: [
                    "content-type": isProblem ? "application/problem+json" : "application/json",
                    "content-length": "\(answer.body.utf8.count)",
                ]
            )
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: answer.body)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
