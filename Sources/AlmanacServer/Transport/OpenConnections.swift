import NIOCore
import Synchronization

/// The connections of a server, so that it can ask them to end.
final class OpenConnections: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isGoingDown = false
    }

    private let state = Mutex(State())

    /// Takes a connection in, until it closes; one that comes too late is closed.
    func insert(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        let isTooLate = state.withLock { state in
            if !state.isGoingDown { state.channels[id] = channel }
            return state.isGoingDown
        }
        if isTooLate {
            channel.close(promise: nil)
        } else {
            channel.closeFuture.whenComplete { [self] _ in
                state.withLock { $0.channels[id] = nil }
            }
        }
    }

    /// Closes idle connections now, the others after the answer they are at, and all that are left after a while.
    func goDown(within grace: TimeAmount, on eventLoop: any EventLoop) {
        let channels = state.withLock { state in
            state.isGoingDown = true
            return Array(state.channels.values)
        }
        guard !channels.isEmpty else { return }
        for channel in channels {
            channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
        eventLoop.scheduleTask(in: grace) { [self] in
            for channel in state.withLock({ Array($0.channels.values) }) {
                channel.close(promise: nil)
            }
        }
    }
}
