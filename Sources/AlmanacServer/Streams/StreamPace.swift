import NIOCore
import Synchronization

/// How fast the clients of all streams are woken with news: the more there are, the longer a round through those of one feed
/// takes.
///
/// Waking a client and writing to it takes some 25 µs of a processor. Each round is given four times that for every client there
/// is, of whatever feed, so that all streams together take a quarter of one.
final class StreamPace: Sendable {
    /// Has something done after a time.
    typealias Timer = @Sendable (_ time: TimeAmount, _ action: @escaping @Sendable () -> Void) -> Void

    private let timer: Timer
    private let clientCount = Atomic(0)

    /// How many clients of a feed are woken at once; others have their turn on the loop before the next ones.
    static let clientsAtOnce = 16
    private static let timePerClient = TimeAmount.microseconds(100)
    /// The least time that a round takes.
    private static let leastTime = TimeAmount.milliseconds(20)

    init(timer: @escaping Timer) {
        self.timer = timer
    }

    convenience init(on eventLoop: any EventLoop) {
        self.init { time, action in eventLoop.scheduleTask(in: time, action) }
    }

    func addClient() { clientCount.add(1, ordering: .relaxed) }

    func removeClient() { clientCount.subtract(1, ordering: .relaxed) }

    /// Lets a round go on once the clients that it has woken have had their part of its time.
    func rest(after woken: Int, of all: Int, _ action: @escaping @Sendable () -> Void) {
        let round = max(Self.leastTime, Self.timePerClient * clientCount.load(ordering: .relaxed))
        timer(.nanoseconds(round.nanoseconds * Int64(woken) / Int64(all)), action)
    }
}
