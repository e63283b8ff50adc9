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
    let eventLoop: any EventLoop

    /// Fires when the client has closed its end.
    let hangUp = OneShotSignal()
    /// Asks the transport for a `100 Continue`.
    private let sendContinue: @Sendable () -> Void
    private let body = Mutex(BodyState.none)

    /// What is known of the body of the request that is being answered.
    private enum BodyState {
        /// There is none, or it is small, or it has been read.
        case none
        case unread
    }

    package init(
        endpoint: Endpoint,
        eventLoop: any EventLoop,
        sendContinue: @escaping @Sendable () -> Void = {}
    ) {
        self.endpoint = endpoint
        self.eventLoop = eventLoop
        self.sendContinue = sendContinue
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

    func allowBody() {
        sendContinue()
    }
}
