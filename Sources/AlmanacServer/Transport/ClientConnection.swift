package import NIOCore
import Synchronization

/// A client's connection, as the answering side sees it.
package final class ClientConnection: Sendable {
    /// What the client has connected to.
    package enum Endpoint: Hashable, Sendable {
        /// A Unix socket, with the caller's credentials; nil where the kernel did not tell.
        case unix(PeerCredentials?)
        /// A TCP port of the address that the daemon was told to listen on.
        case tcp(listener: IPAddress, port: UInt16)
    }

    package let endpoint: Endpoint
    /// The address at the other end; nil for a Unix socket.
    package let peer: IPAddress?
    /// Whether it is encrypted.
    package let isEncrypted: Bool
    let eventLoop: any EventLoop

    /// Fires when the client has closed its end.
    let hangUp = OneShotSignal()
    /// Asks the transport for a `100 Continue`.
    private let sendContinue: @Sendable () -> Void
    /// Closes it at once, whatever is under way.
    let close: @Sendable () -> Void
    private let body = Mutex(BodyState.none)
    /// What the connection ends with, beside its client.
    private let tie = Mutex<Tie?>(nil)

    private struct Tie: Sendable {
        var signal: OneShotSignal
        var token: OneShotSignal.Token?
        var timer: Scheduled<Void>?

        func undo() {
            signal.forget(token)
            timer?.cancel()
        }
    }

    /// What is known of the body of the request that is being answered.
    private enum BodyState {
        /// There is none, or it is small, or it has been read.
        case none
        case unread
    }

    package init(
        endpoint: Endpoint,
        peer: IPAddress? = nil,
        isEncrypted: Bool = false,
        eventLoop: any EventLoop,
        sendContinue: @escaping @Sendable () -> Void = {},
        close: @escaping @Sendable () -> Void = {}
    ) {
        self.endpoint = endpoint
        self.peer = peer
        self.isEncrypted = isEncrypted
        self.eventLoop = eventLoop
        self.sendContinue = sendContinue
        self.close = close
    }

    /// Whether the answered request's body is still under way, so that the connection cannot be used again.
    var hasUnreadBody: Bool {
        body.withLock { $0 == .unread }
    }

    func beginRequest(withBody hasBody: Bool) {
        body.withLock { $0 = hasBody ? .unread : .none }
    }

    func bodyWasRead() {
        body.withLock { $0 = .none }
    }

    /// Closes the connection when the signal fires or a time has passed, in the place of what was given before.
    func end(with signal: OneShotSignal, within time: TimeAmount?) {
        let timer = time.map { eventLoop.scheduleTask(in: $0) { [close] in close() } }
        let new = Tie(signal: signal, token: signal.whenFired(close), timer: timer)
        let former = tie.withLock { tie in
            defer { tie = new }
            return tie
        }
        former?.undo()
    }

    /// To be called once the connection has closed.
    func hasClosed() {
        let former = tie.withLock { tie in
            defer { tie = nil }
            return tie
        }
        former?.undo()
    }

    func allowBody() {
        sendContinue()
    }

    /// Closes the connection, whatever is on its way to the client.
    func cut() {
        close()
    }
}
