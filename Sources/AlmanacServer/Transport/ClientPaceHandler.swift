import NIOCore
import NIOHTTP1
import NIOTLS

/// Cuts off clients that take longer than anybody who means well: over the TLS handshake, over the body of a request, or over
/// reading an answer. Who takes long over a head, or says nothing at all, is cut off by Hummingbird's idle timeout, which
/// begins anew with each part of a request, but not with each byte.
final class ClientPaceHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let limits: APIServer.Limits
    private let isEncrypted: Bool
    /// Ends the handshake, or the body that is being read.
    private var deadline: Scheduled<Void>?
    /// Looks at what a client has taken that has not taken everything.
    private var review: Scheduled<Void>?
    /// How many bytes of bodies have been written.
    private var written = 0

    init(limits: APIServer.Limits, isEncrypted: Bool) {
        self.limits = limits
        self.isEncrypted = isEncrypted
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if isEncrypted { allow(limits.handshake, context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stop()
    }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.handshakeCompleted) = event as? TLSUserEvent { endDeadline() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            let hasBody =
                head.headers.contains(name: "transfer-encoding")
                || head.headers.first(name: "content-length").map { $0 != "0" } ?? false
            if hasBody { allow(limits.body, context) }
        case .body: break
        case .end: endDeadline()
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .body(let body) = unwrapOutboundIn(data) { written += body.readableBytes }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            review?.cancel()
            review = nil
        } else if review == nil {
            reviewLater(context)
        }
        context.fireChannelWritabilityChanged()
    }

    /// Closes the connection unless the client takes enough of what is there for it, time and again.
    private func reviewLater(_ context: ChannelHandlerContext) {
        let start = written - pending(context)
        let loopBound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        review = context.eventLoop.scheduleTask(in: limits.reading) {
            let (handler, context) = loopBound.value
            handler.review = nil
            guard !context.channel.isWritable else { return }
            if handler.written - handler.pending(context) - start < handler.limits.readingBytes {
                context.close(promise: nil)
            } else {
                handler.reviewLater(context)
            }
        }
    }

    /// How many bytes wait for the client to read.
    private func pending(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    private func allow(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        let loopBound = NIOLoopBound(context, eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: time) { loopBound.value.close(promise: nil) }
    }

    private func endDeadline() {
        deadline?.cancel()
        deadline = nil
    }

    private func stop() {
        endDeadline()
        review?.cancel()
        review = nil
    }
}
