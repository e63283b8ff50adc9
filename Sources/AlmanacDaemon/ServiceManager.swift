import AlmanacLinux
import AlmanacModel
import AlmanacSystemd
import Glibc
import Logging
import Synchronization

/// What the daemon tells the service manager that has started it: sd_notify(3).
///
/// Nothing waits for the service manager. What it does not take at once is kept, in order, until it reads again; that is said
/// once. Its thread, `service`, sleeps meanwhile.
final class ServiceManager: Sendable {
    let executor: PollingExecutor
    private let socket: NotifySocket
    private let logger: Logger
    private let state = Mutex(State())

    private struct State {
        /// What has not been taken yet, oldest first.
        var waiting: [NotifyMessage] = []
        var hasComplained = false
        var isStopping = false
    }

    /// How many messages are kept.
    private static let capacity = 64

    private init(_ socket: NotifySocket, logger: Logger) throws(SystemError) {
        self.socket = socket
        self.logger = logger
        executor = try PollingExecutor(name: "service")
    }

    /// The service manager that `NOTIFY_SOCKET` leads to; nil where there is none, or none that can be talked to.
    static func ofEnvironment(logger: Logger) throws(SystemError) -> ServiceManager? {
        let socket: NotifySocket?
        do {
            socket = try NotifySocket.ofEnvironment()
        } catch {
            logger.warning(
                "the service manager is told nothing: \(error)",
                metadata: ["event": "\(LoggedEvent.serviceManagerAway)"]
            )
            return nil
        }
        return try socket.map { socket throws(SystemError) in try ServiceManager(socket, logger: logger) }
    }

    // MARK: What it is told

    /// The start makes progress and takes so much more from now on at most.
    func extendStart(by duration: Duration, _ status: String) {
        send([.extendTimeout(duration), .status(status)])
    }

    /// The start, or a reload, is over.
    func ready(_ status: String) {
        send([.ready, .status(status)])
    }

    func reloading() {
        send([.reloading(microseconds: SystemClock.monotonicNanoseconds() / 1000), .status("reloading")])
    }

    func report(_ status: String) {
        send([.status(status)])
    }

    /// The daemon is going down. It says nothing of its state afterwards.
    func stopping(_ status: String) {
        let isFirst = state.withLock { state in
            defer { state.isStopping = true }
            return !state.isStopping
        }
        if isFirst { send([.stopping, .status(status)], evenWhileStopping: true) }
    }

    /// Why the daemon ends. Waits for a second at most, since nobody could send it later.
    func failed(_ error: any Error) {
        let text = "\(error)".split(separator: "\n").first.map(String.init) ?? "failed"
        let errno = (error as? DaemonStartError)?.errno ?? EIO
        send([.errno(errno), .status(text)], evenWhileStopping: true)
        let end = SystemClock.monotonicNanoseconds() + 1_000_000_000
        while !state.withLock({ $0.waiting.isEmpty }) {
            let left = Int32((end - SystemClock.monotonicNanoseconds()) / 1_000_000)
            var poll = pollfd(fd: socket.descriptor, events: Int16(POLLOUT), revents: 0)
            guard left > 0, unsafe Glibc.poll(&poll, 1, left) > 0 else { return }
            sendWaiting()
        }
    }

    /// A sign of life; one that cannot be sent now is not sent later.
    func isWell() {
        state.withLock { state in
            guard state.waiting.isEmpty else { return }
            if case .unreachable(let errno) = socket.send([.watchdog]) { complain(&state, errno) }
        }
    }

    // MARK: Sending

    private func send(_ message: NotifyMessage, evenWhileStopping: Bool = false) {
        state.withLock { state in
            if state.isStopping && !evenWhileStopping { return }
            guard state.waiting.isEmpty else { return keep(message, in: &state) }
            switch socket.send(message) {
            case .sent: break
            case .unreachable(let errno): complain(&state, errno)
            case .full:
                complain(&state, EAGAIN)
                state.waiting = [message]
                try? executor.watch(socket.descriptor, for: .writing) { [weak self] in self?.sendWaiting() }
            }
        }
    }

    private func keep(_ message: NotifyMessage, in state: inout State) {
        if let last = state.waiting.last, message.supersedes(last) { state.waiting.removeLast() }
        if state.waiting.count == Self.capacity { state.waiting.removeFirst() }
        state.waiting.append(message)
    }

    /// Goes on where the service manager had stopped reading.
    private func sendWaiting() {
        state.withLock { state in
            while let message = state.waiting.first {
                switch socket.send(message) {
                case .full: return
                case .unreachable(let errno): complain(&state, errno)
                case .sent: break
                }
                state.waiting.removeFirst()
            }
            executor.unwatch(socket.descriptor)
        }
    }

    private func complain(_ state: inout State, _ errno: Int32) {
        if state.hasComplained { return }
        state.hasComplained = true
        let reason = errno == EAGAIN ? "nobody reads it" : SystemError("send", errno: errno).reason
        logger.warning(
            "the service manager does not listen on its NOTIFY_SOCKET \(socket.path): \(reason); going on",
            metadata: ["event": "\(LoggedEvent.serviceManagerAway)"]
        )
    }
}
