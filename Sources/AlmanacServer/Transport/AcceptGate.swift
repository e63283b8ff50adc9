import AlmanacModel
import Logging
import NIOCore
import Synchronization

/// How many of a server's gates are shut, for who asks from another thread.
final class ShutGates: Sendable {
    private let count = Atomic(0)

    var areAny: Bool { count.load(ordering: .relaxed) > 0 }

    func change(by difference: Int) {
        count.add(difference, ordering: .relaxed)
    }
}

/// Holds new connections back while there are too many, or while the process has no room for one.
///
/// Without it, one accept(2) that fails for want of a descriptor would end the accepting for good, as NIO's asynchronous
/// channel takes every error for its last, or would be tried again without a pause.
final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never

    private let limit: Int
    private let shutGates: ShutGates
    private let logger: Logger
    private var openConnections = 0
    private var isResting = false
    private var isOpen = true

    /// How long accepting rests after it has failed.
    private static let rest = TimeAmount.seconds(1)

    /// - Parameter limit: how many connections may be open at a time, by and large: a burst may exceed it by a few.
    init(limit: Int, shutGates: ShutGates, logger: Logger) {
        self.limit = limit
        self.shutGates = shutGates
        self.logger = logger
    }

    func read(context: ChannelHandlerContext) {
        // What is held back here is made up for when the gate opens.
        if isOpen { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let child = unwrapInboundIn(data)
        openConnections += 1
        if openConnections == limit {
            logger.warning(
                "Too many connections; new ones wait",
                metadata: ["event": "\(LoggedEvent.connectionsHeldBack)", "limit": "\(limit)"]
            )
        }
        let loopBound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        child.closeFuture.hop(to: context.eventLoop).whenComplete { _ in
            let (gate, context) = loopBound.value
            gate.openConnections -= 1
            gate.update(context: context)
        }
        update(context: context)
        context.fireChannelRead(data)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        if !isOpen { shutGates.change(by: -1) }
        isOpen = true
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isResting else { return }
        logger.warning(
            "A connection could not be accepted; new ones wait",
            metadata: ["event": "\(LoggedEvent.connectionsHeldBack)", "error": "\(error)"]
        )
        isResting = true
        update(context: context)
        let loopBound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: Self.rest) {
            let (gate, context) = loopBound.value
            gate.isResting = false
            gate.update(context: context)
        }
    }

    /// Opens or shuts the gate, as things stand.
    private func update(context: ChannelHandlerContext) {
        let shouldBeOpen = !isResting && openConnections < limit
        guard shouldBeOpen != isOpen else { return }
        isOpen = shouldBeOpen
        shutGates.change(by: isOpen ? -1 : 1)
        // The option does at once what a read that is held back does not: it stops a read that is under way, and starts
        // the next one. It fails on a closed channel, which reads no more in any case.
        try? context.channel.syncOptions?.setOption(.autoRead, value: shouldBeOpen)
    }
}
