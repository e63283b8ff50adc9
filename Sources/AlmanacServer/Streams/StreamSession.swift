import HummingbirdCore
import NIOCore
import Synchronization

/// The life of one client's stream: it gets a sign of life now and then, and it is cut off when it reads nothing for long.
///
/// What is written waits in the connection until the client has taken most of what was written before, so that a client never
/// costs more than one batch and the socket's buffer.
final class StreamSession: Sendable {
    let signal = StreamSignal()
    private let connection: ClientConnection
    private let goingDown: OneShotSignal
    /// How many beats the present write has taken; nil between two writes.
    private let stalledBeats = Mutex<Int?>(nil)

    /// How many beats a client may read nothing.
    private static let patience = 4

    /// What it is waiting for besides news.
    private struct Expectations {
        var timer: RepeatedTask
        var hangUp: OneShotSignal.Token?
        var shutdown: OneShotSignal.Token?
    }

    private let expectations = Mutex<Expectations?>(nil)

    /// Begins one that ends with the client and with the daemon; close it.
    init(on connection: ClientConnection, heartbeat: TimeAmount, until goingDown: OneShotSignal) {
        self.connection = connection
        self.goingDown = goingDown
        let begun = Expectations(
            timer: connection.eventLoop.scheduleRepeatedTask(initialDelay: heartbeat, delay: heartbeat) {
                [weak self] _ in
                self?.beat()
            },
            hangUp: connection.hangUp.whenFired { [weak self] in self?.signal.set(.end) },
            shutdown: goingDown.whenFired { [weak self] in self?.end() }
        )
        expectations.withLock { $0 = begun }
    }

    /// Lets go of everything, once nothing more is written.
    func close() {
        guard let begun = expectations.withLock({ $0.take() }) else { return }
        begun.timer.cancel()
        connection.hangUp.forget(begun.hangUp)
        goingDown.forget(begun.shutdown)
    }

    @concurrent func write(_ bytes: ByteBuffer, to writer: inout any ResponseBodyWriter) async throws {
        guard bytes.readableBytes > 0 else { return }
        stalledBeats.withLock { $0 = 0 }
        defer { stalledBeats.withLock { $0 = nil } }
        try await writer.write(bytes)
    }

    private func beat() {
        let beats = stalledBeats.withLock { beats in
            beats = beats.map { $0 + 1 }
            return beats ?? 0
        }
        if beats > Self.patience {
            connection.cut()
        } else {
            signal.set(.beat)
        }
    }

    /// Ends it; one whose client is not reading at once.
    private func end() {
        signal.set(.end)
        if stalledBeats.withLock({ $0 != nil }) { connection.cut() }
    }
}
