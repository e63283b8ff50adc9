import NIOCore
import Synchronization

/// The connections of a server, so that it can ask them to end.
final class OpenConnections: Sendable {
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

    /// Takes a connection in, until it closes.
    func insert(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        channels.withLock { $0[id] = channel }
        channel.closeFuture.whenComplete { [self] _ in
            channels.withLock { $0[id] = nil }
        }
    }

    /// Asks connections to close after the answer they are at, and closes all that are left after a while.
    func goDown(within grace: TimeAmount, on eventLoop: any EventLoop) {
        for channel in channels.withLock({ Array($0.values) }) {
            channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
        eventLoop.scheduleTask(in: grace) { [self] in
            for channel in channels.withLock({ Array($0.values) }) {
                channel.close(promise: nil)
            }
        }
    }
}
