package import AlmanacAPI
import AlmanacModel
import CLinux
import Glibc
import HTTPTypes
import HummingbirdCore
package import Logging
package import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// Serves the API, or some of its operations, on listening sockets until the daemon goes down.
///
/// It has no timer of its own: a server without connections makes no system call. Each connection has one, for the time
/// that it may be idle.
package struct APIServer: Service {
    private let listeners: [ListeningSocket]
    /// What is served, for the log.
    private let subject: String
    private let responder: APIResponder
    private let group: any EventLoopGroup
    private let logger: Logger
    private let limits: Limits
    private let certificate: TLSCertificate?
    private let goingDown: OneShotSignal
    private let connections = OpenConnections()
    private let shutGates = ShutGates()
    private let streams: LiveStreams
    private let whenServing: @Sendable () -> Void

    /// How much and how long a client may.
    package struct Limits: Sendable {
        /// How many connections may be open on each listener.
        package var connections = 2500
        /// How long a connection may be idle, or take over the head of a request.
        package var idle = TimeAmount.seconds(60)
        /// How long a TLS handshake may take.
        package var handshake = TimeAmount.seconds(10)
        /// How long the body of a request may take, however it comes.
        package var body = TimeAmount.seconds(60)
        /// How often it is looked at whether a client that lets an answer wait has taken any of it, and how much it has to
        /// have taken since, in bytes.
        package var reading = TimeAmount.seconds(30)
        package var readingBytes = 16 * 1024
        /// How long requests in flight have to end when the daemon goes down.
        package var shutdown = TimeAmount.seconds(5)
        /// How long a connection without a request has to send one then.
        package var lastRequest = TimeAmount.milliseconds(500)
        /// How long the rest of a refused body is read, so that the client gets to see why.
        package var linger = TimeAmount.seconds(2)
        /// How often a stream without events gives a sign of life. A client that reads nothing for five times as long is cut off.
        package var heartbeat = TimeAmount.seconds(15)
        /// One header field, and all of them, in bytes.
        package var headerField = 16 * 1024
        package var headerList = 64 * 1024

        package init() {}
    }

    /// - Parameters:
    ///   - listeners: at least one; each can be served once.
    ///   - operations: what is served; what is not among them is not found.
    ///   - subject: what they are, for the log.
    ///   - group: the event loops that connections are spread over.
    ///   - certificate: what TCP listeners show; nil for no encryption.
    ///   - whenServing: called once every listener accepts connections.
    package init(
        listeners: [ListeningSocket],
        operations: [APIOperation] = APIOperation.all,
        subject: String = "the API",
        dependencies: Dependencies,
        group: any EventLoopGroup,
        logger: Logger,
        limits: Limits = Limits(),
        certificate: TLSCertificate? = nil,
        whenServing: @escaping @Sendable () -> Void = {}
    ) {
        let goingDown = OneShotSignal()
        let streams = LiveStreams(
            dependencies,
            goingDown: goingDown,
            heartbeat: limits.heartbeat,
            eventLoop: group.any()
        )
        self.listeners = listeners
        self.subject = subject
        self.streams = streams
        self.responder = APIResponder(
            operations,
            dependencies: dependencies,
            port: listeners.lazy.compactMap { listener in
                if case .tcp(_, let port) = listener.address { port } else { nil }
            }.first,
            goingDown: goingDown,
            streams: streams,
            logger: logger
        )
        self.group = group
        self.logger = logger
        self.limits = limits
        self.certificate = certificate
        self.goingDown = goingDown
        self.whenServing = whenServing
    }

    /// Whether new connections wait at present, since there are too many.
    package var isHoldingBack: Bool { shutGates.areAny }

    /// How many streams of run events and of logs are open.
    package var openStreams: (runs: Int, logs: Int) { streams.counts }

    /// Serves until graceful shutdown: it stops accepting then, answers who waits, closes idle connections and lets
    /// requests in flight end, for a while.
    package func run() async throws {
        try await withGracefulShutdownHandler {
            try await withThrowingDiscardingTaskGroup { group in
                for listener in listeners {
                    let server = try await bind(listener)
                    group.addTask { await serve(server, listener) }
                }
                whenServing()
            }
        } onGracefulShutdown: {
            goingDown.fire()
            connections.goDown(within: limits.shutdown, on: group.next())
        }
    }

    private func bind(_ listener: ListeningSocket) async throws -> NIOAsyncChannel<Client, Never> {
        guard let descriptor = listener.takeDescriptor() else {
            preconditionFailure("a listening socket is served once")
        }
        return try await ServerBootstrap(group: group)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        AcceptGate(limit: limits.connections, shutGates: shutGates, logger: logger)
                    )
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(descriptor) { child in
                setUp(child, of: listener)
            }
    }

    private func serve(_ server: NIOAsyncChannel<Client, Never>, _ listener: ListeningSocket) async {
        defer { listener.removeFile() }
        logger.info(
            "Serving \(subject)",
            metadata: ["event": "\(LoggedEvent.apiServing)", "address": "\(listener.address)"]
        )
        let token = goingDown.whenFired {
            server.channel.close(promise: nil)
        }
        defer { goingDown.forget(token) }
        await withDiscardingTaskGroup { tasks in
            do {
                try await server.executeThenClose { clients in
                    for try await client in clients {
                        tasks.addTask { await client.http.handle(value: client.channel, logger: logger) }
                    }
                }
            } catch {
                logger.error(
                    "Accepting has ended",
                    metadata: ["event": "\(LoggedEvent.apiFailed)", "error": "\(error)"]
                )
            }
            listener.removeFile()
        }
    }
}

// MARK: Connections

extension APIServer {
    private struct Client: Sendable {
        var http: HTTP1Channel
        var channel: HTTP1Channel.Value
    }

    /// Prepares an accepted connection; on its event loop.
    private func setUp(_ child: any Channel, of listener: ListeningSocket) -> EventLoopFuture<Client> {
        connections.insert(child)
        let certificate = listener.address.isUnix ? nil : certificate
        if let certificate {
            do {
                try child.pipeline.syncOperations.addHandler(certificate.handler())
            } catch {
                return child.eventLoop.makeFailedFuture(error)
            }
        }
        return endpoint(of: child, listener).flatMap { endpoint in
            let connection = ClientConnection(
                endpoint: endpoint,
                peer: child.remoteAddress?.ipAddress.flatMap { IPAddress($0)?.unmapped },
                isEncrypted: certificate != nil,
                eventLoop: child.eventLoop,
                sendContinue: { child.triggerUserOutboundEvent(HTTP1ConnectionHandler.SendContinue(), promise: nil) },
                close: { child.close(promise: nil) }
            )
            child.closeFuture.whenComplete { _ in connection.hasClosed() }
            let http = HTTP1Channel(
                responder: { request, writer, channel in
                    try await answer(request, with: writer, on: channel, connection)
                },
                configuration: HTTP1Channel.Configuration(
                    idleTimeout: limits.idle,
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: limits.headerField,
                        maxHeaderListSize: limits.headerList,
                        maxHeaderFieldCount: 100
                    )
                )
            )
            return http.setup(channel: child, logger: logger).flatMapThrowing { channel in
                let pipeline = child.pipeline.syncOperations
                let decoder = try pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self)
                try pipeline.addHandler(
                    HTTP1ConnectionHandler(connection: connection, patience: limits.lastRequest),
                    position: .after(decoder.handler)
                )
                try pipeline.addHandler(
                    ClientPaceHandler(limits: limits, isEncrypted: certificate != nil),
                    position: .after(decoder.handler)
                )
                // Accepted just before the daemon went down.
                if goingDown.hasFired { child.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
                return Client(http: http, channel: channel)
            }
        }
    }

    private func endpoint(
        of child: any Channel,
        _ listener: ListeningSocket
    ) -> EventLoopFuture<ClientConnection.Endpoint> {
        switch listener.address {
        case .tcp(let host, let port):
            // A client that has vanished without a word would be there for a quarter of an hour. tcp(7), in milliseconds.
            let timeout = child.setOption(
                ChannelOptions.Types.SocketOption(level: .tcp, name: NIOBSDSocket.Option(rawValue: TCP_USER_TIMEOUT)),
                value: Int(limits.idle.nanoseconds / 1_000_000)
            )
            // The connection may be gone by now, which others will notice.
            return timeout.flatMapErrorThrowing { _ in }.map { .tcp(listener: host, port: port) }
        case .unix:
            return child.eventLoop.makeCompletedFuture {
                .unix(
                    try child.pipeline.syncOperations.withUnsafeTransportIfAvailable { (descriptor: CInt) in
                        PeerCredentials(of: descriptor)
                    } ?? nil
                )
            }
        }
    }

    /// Answers one request of a connection.
    @concurrent private func answer(
        _ request: Request,
        with writer: consuming ResponseWriter,
        on channel: any Channel,
        _ connection: ClientConnection
    ) async throws {
        // What follows a body that was refused is the rest of it, or was sent in the hope that it would be taken.
        guard !connection.hasUnreadBody else { throw CancellationError() }
        let response = await responder.respond(to: request, on: connection)
        let isLast = connection.hasUnreadBody
        try await writer.write(response: response.head, body: response.body)
        guard isLast else { return }
        // Closing at once would throw away the answer too, as TCP resets a connection with unread bytes. RFC 9112 9.6.
        channel.close(mode: .output, promise: nil)
        let cutOff = channel.eventLoop.scheduleTask(in: limits.linger) { channel.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in cutOff.cancel() }
        // Hummingbird reads on where the client has not asked it to close. What a handler has begun to read cannot be
        // iterated again.
        guard request.headers[.connection] == "close" else { return }
        channel.triggerUserOutboundEvent(HTTP1ConnectionHandler.DiscardInput(), promise: nil)
    }
}
