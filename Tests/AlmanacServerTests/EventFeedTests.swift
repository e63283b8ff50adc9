import AlmanacAPI
import NIOCore
import Synchronization
import Testing

@testable import AlmanacServer

@Suite("News is told in rounds, which take the longer the more clients there are")
struct EventFeedTests {
    private let timer = ManualTimer()
    private let log = NumberedLines()
    private let pace: StreamPace
    private let feed: EventFeed

    init() {
        pace = StreamPace(timer: timer.start)
        feed = EventFeed(pace, read: log.read)
    }

    private func addClients(_ count: Int, to feed: EventFeed? = nil) -> [StreamSignal] {
        let signals = (0..<count).map { _ in StreamSignal() }
        for signal in signals { (feed ?? self.feed).add(signal) }
        return signals
    }

    /// Whether a client has been woken since this was asked last.
    private func isWoken(_ signal: StreamSignal) async -> Bool {
        // Without it one that has not would be waited for.
        signal.set(.beat)
        return await signal.next().contains(.news)
    }

    private func wokenCount(_ signals: [StreamSignal]) async -> Int {
        var count = 0
        for signal in signals where await isWoken(signal) { count += 1 }
        return count
    }

    @Test("A lone client is told at once, and when it is quiet there is no timer")
    func lone() async {
        let signal = addClients(1)[0]
        #expect(timer.times.isEmpty)
        #expect(await !isWoken(signal))
        feed.tell()
        #expect(await isWoken(signal))
        #expect(timer.times == [.milliseconds(20)])
        timer.fire()
        #expect(await !isWoken(signal))
        #expect(timer.times.isEmpty)
        feed.tell()
        #expect(await isWoken(signal))
    }

    @Test("However much comes within a round, its pause included, makes one more")
    func oneMore() async {
        let signal = addClients(1)[0]
        feed.tell()
        #expect(await isWoken(signal))
        for _ in 0..<5 { feed.tell() }
        #expect(await !isWoken(signal))
        #expect(timer.times.count == 1)
        timer.fire()
        #expect(await isWoken(signal))
        timer.fire()
        #expect(await !isWoken(signal))
        #expect(timer.times.isEmpty)
    }

    @Test("Without clients there are no rounds; one that comes later has no pause to wait for")
    func nobody() async {
        feed.tell()
        #expect(timer.times.isEmpty)
        let signal = addClients(1)[0]
        feed.tell()
        #expect(await isWoken(signal))
        feed.tell()
        feed.remove(signal)
        timer.fire()
        #expect(await !isWoken(signal))
        #expect(timer.times.isEmpty)
    }

    @Test("Whoever comes when all others have left finds what came meanwhile, of which nobody was told")
    func comingBack() async throws {
        let signal = addClients(1)[0]
        log.add(3)
        #expect(try await feed.batch(after: 0)?.through == 3)
        #expect(try await feed.batch(after: 3) == nil)
        feed.remove(signal)
        log.add(2)
        _ = addClients(1)
        #expect(try await feed.batch(after: 3)?.through == 5)
    }

    @Test("Many clients are woken a few at a time, each once")
    func slices() async {
        let signals = addClients(40)
        feed.tell()
        #expect(await wokenCount(signals) == 16)
        feed.tell()
        timer.fire()
        #expect(await wokenCount(signals) == 16)
        timer.fire()
        #expect(await wokenCount(signals) == 8)
        // The second round.
        var woken: [Int] = []
        for _ in 0..<3 {
            timer.fire()
            woken.append(await wokenCount(signals))
        }
        #expect(woken == [16, 16, 8])
        timer.fire()
        #expect(timer.times.isEmpty)
    }

    @Test(
        "A round takes 100 µs for each client of all feeds, and 20 ms at least",
        arguments: [(1, 0, 20), (100, 0, 20), (1000, 0, 100), (16, 984, 100), (1, 999, 100), (1000, 1000, 200)]
    )
    func time(clients: Int, others: Int, milliseconds: Int64) {
        _ = addClients(clients)
        let other = EventFeed(pace, read: log.read)
        _ = addClients(others, to: other)
        feed.tell()
        var time = TimeAmount.zero
        while let next = timer.times.first {
            time = time + next
            timer.fire()
        }
        // Each part of it is rounded.
        #expect(abs(time.nanoseconds - TimeAmount.milliseconds(milliseconds).nanoseconds) < 1000)
    }

    @Test("Clients that have left are not counted")
    func leaving() {
        _ = addClients(1)
        let other = EventFeed(pace, read: log.read)
        for signal in addClients(999, to: other) { other.remove(signal) }
        feed.tell()
        #expect(timer.times == [.milliseconds(20)])
    }

    @Test("What comes after somebody has read to the end is left to the next round, which leaves nothing out")
    func noChase() async throws {
        let signals = addClients(2)
        log.add(3)
        feed.tell()
        var first = try #require(try await feed.batch(after: 0))
        #expect(first.through == 3)
        log.add(2)
        feed.tell()
        #expect(try await feed.batch(after: 3) == nil)
        // Nor is anything read for the other one, who takes what the first has read.
        #expect(try await feed.batch(after: 1)?.through == 3)
        #expect(try await feed.batch(after: 3) == nil)
        #expect(log.readCount == 1)
        #expect(await wokenCount(signals) == 2)
        timer.fire()
        #expect(await wokenCount(signals) == 2)
        first = try #require(try await feed.batch(after: 3))
        #expect(first.through == 5)
        #expect(try await feed.batch(after: 5) == nil)
        #expect(log.readCount == 2)
    }

    @Test("News that comes while somebody reads is told after it, whether or not the reading has seen it")
    func whileReading() async throws {
        let signal = addClients(1)[0]
        log.add(1)
        feed.tell()
        #expect(await isWoken(signal))
        log.whenRead { [log, feed] in
            log.add(1)
            feed.tell()
        }
        #expect(try await feed.batch(after: 0)?.through == 1)
        #expect(try await feed.batch(after: 1) == nil)
        timer.fire()
        #expect(await isWoken(signal))
        #expect(try await feed.batch(after: 1)?.through == 2)
    }

    @Test("A backlog is read to its end without a round")
    func backlog() async throws {
        _ = addClients(1)
        log.add(250)
        var position: Int64 = 0
        while let batch = try await feed.batch(after: position) { position = batch.through }
        #expect(position == 250)
        #expect(log.readCount == 3)
        #expect(timer.times.isEmpty)
    }

    @Test("A position beyond the end hides nothing from those before it")
    func beyond() async throws {
        _ = addClients(2)
        log.add(3)
        #expect(try await feed.batch(after: 900) == nil)
        #expect(try await feed.batch(after: 0)?.through == 3)
        #expect(try await feed.batch(after: 3) == nil)
        #expect(try await feed.batch(after: 1)?.through == 3)
    }

    @Test("The end comes through in a pause: at once to those who look, and with the next round to all")
    func end() async throws {
        let signal = addClients(1)[0]
        log.add(1)
        feed.tell()
        #expect(await isWoken(signal))
        #expect(try await feed.batch(after: 0)?.through == 1)
        log.add(1)
        feed.outdate()
        // Whoever knows of the end by now is not given what was read before it.
        #expect(try await feed.batch(after: 1)?.through == 2)
        feed.tell()
        #expect(await !isWoken(signal))
        timer.fire()
        #expect(await isWoken(signal))
        #expect(try await feed.batch(after: 2) == nil)
    }
}

/// A timer that fires when a test says so.
private final class ManualTimer: Sendable {
    private let actions = Mutex<[(time: TimeAmount, action: @Sendable () -> Void)]>([])

    var start: StreamPace.Timer {
        { [self] time, action in actions.withLock { $0.append((time, action)) } }
    }

    /// How long those take that have not fired.
    var times: [TimeAmount] { actions.withLock { $0.map(\.time) } }

    /// Fires the one that was started first.
    func fire() {
        let first = actions.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        first?.action()
    }
}

/// Events 1, 2, 3 and so on, read 100 at a time.
private final class NumberedLines: Sendable {
    private struct State {
        var last: Int64 = 0
        var readCount = 0
        var whenRead: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    var readCount: Int { state.withLock(\.readCount) }

    func add(_ count: Int64) { state.withLock { $0.last += count } }

    /// Has something done at the end of the next reading.
    func whenRead(_ action: @escaping @Sendable () -> Void) { state.withLock { $0.whenRead = action } }

    var read: EventFeed.Read {
        { [self] position in
            let (last, action) = state.withLock { state in
                state.readCount += 1
                defer { state.whenRead = nil }
                return (state.last, state.whenRead)
            }
            defer { action?() }
            guard position < last else { return nil }
            let through = min(last, position + 100)
            var batch = EventBatch(after: position, firstAvailable: 1, reachesEnd: through == last)
            for number in (position + 1)...through {
                try batch.append(number, "line", PingEvent())
            }
            return batch
        }
    }
}
