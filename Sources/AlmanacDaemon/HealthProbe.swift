import AlmanacLinux
import AlmanacServer
import Glibc
import NIOCore

/// Asks the daemon's own server for `/health`, as a client would, over a connection that it has to accept first.
actor HealthProbe {
    private let listeners: [ListeningSocket]
    private let server: APIServer
    private let eventLoop: any EventLoop
    private let executor: PollingExecutor
    private let timer: Countdown

    private enum Outcome {
        case answered
        /// There is no asking: no address leads to the server, or it holds new connections back, having too many.
        case impossible
        /// No answer for now; there may be no asking any more.
        case silence
    }

    private static let request = Array(
        "GET /health HTTP/1.1\r\nHost: localhost\r\nUser-Agent: watchdog\r\nConnection: close\r\n\r\n".utf8
    )
    /// How long it waits before it looks at whether there still is asking.
    private static let patience = Duration.seconds(1)

    init(
        _ listeners: [ListeningSocket],
        _ server: APIServer,
        eventLoop: any EventLoop,
        executor: PollingExecutor
    ) throws(SystemError) {
        // A Unix socket first: no firewall is in between.
        self.listeners = listeners.filter { $0.address.isUnix } + listeners.filter { !$0.address.isUnix }
        self.server = server
        self.eventLoop = eventLoop
        self.executor = executor
        timer = try Countdown()
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Returns once the server has answered, or, where it cannot be asked, its event loop.
    func answer() async {
        guard !server.isHoldingBack, let connection = connect() else { return await hop() }
        switch await ask(over: connection) {
        case .answered: return
        case .impossible, .silence: await hop()
        }
    }

    private func ask(over connection: OwnedDescriptor) async -> Outcome {
        var isWritten = false
        while true {
            guard await isReady(connection, for: isWritten ? .reading : .writing) else {
                if server.isHoldingBack { return .silence }
                continue
            }
            if isWritten {
                var buffer = [UInt8](repeating: 0, count: 4096)
                let count = unsafe recv(connection.number, &buffer, buffer.count, 0)
                return count > 0 && buffer.starts(with: "HTTP/1.".utf8) ? .answered : .impossible
            }
            let count = unsafe send(connection.number, Self.request, Self.request.count, Int32(MSG_NOSIGNAL))
            guard count == Self.request.count else { return .impossible }
            isWritten = true
        }
    }

    private func connect() -> OwnedDescriptor? {
        for listener in listeners {
            if let number = listener.connect() { return OwnedDescriptor(number) }
        }
        return nil
    }

    /// Waits until the descriptor is ready; false where that takes longer than the patience lasts.
    private func isReady(_ connection: OwnedDescriptor, for interest: PollingExecutor.Interest) async -> Bool {
        let (executor, timer) = (executor, timer)
        let number = connection.number
        return await withCheckedContinuation { continuation in
            let finish = { @Sendable (isReady: Bool) in
                executor.unwatch(number)
                executor.unwatch(timer.descriptor.number)
                continuation.resume(returning: isReady)
            }
            do {
                try executor.watch(number, for: interest) { finish(true) }
                timer.clear()
                timer.start(Self.patience)
                try executor.watch(timer.descriptor.number) { finish(false) }
            } catch {
                preconditionFailure("the kernel refuses to watch a descriptor: \(error)")
            }
        }
    }

    private func hop() async {
        try? await eventLoop.submit {}.get()
    }
}
