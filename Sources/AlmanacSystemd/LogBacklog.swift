import DequeModule
import Logging

/// The messages that wait to be written, oldest first, within a bound.
///
/// Where there is no more room, the oldest of the least important go, and are counted.
package struct LogBacklog: Sendable {
    /// How many messages may wait, and how many bytes they may take.
    package struct Limit: Sendable, Hashable {
        package var records: Int
        package var bytes: Int

        package init(records: Int = 4096, bytes: Int = 4 << 20) {
            self.records = records
            self.bytes = bytes
        }
    }

    private struct Entry: Sendable {
        var number: UInt64
        var record: LogRecord
    }

    private let limit: Limit
    /// By importance, the least first.
    private var lanes: [Deque<Entry>]
    private var lastNumber: UInt64 = 0
    private var bytes = 0

    package private(set) var count = 0
    /// How many went without having been written, since `takeDropped` was asked last.
    package private(set) var dropped = 0

    package init(limit: Limit = Limit()) {
        self.limit = limit
        lanes = Array(repeating: Deque(), count: Logger.Level.allCases.count)
    }

    package var isEmpty: Bool { count == 0 }

    /// Whether what waits takes at most half of the room.
    package var isHalfEmpty: Bool { count <= limit.records / 2 && bytes <= limit.bytes / 2 }

    package mutating func append(_ record: LogRecord) {
        lastNumber += 1
        lanes[record.level.importance].append(Entry(number: lastNumber, record: record))
        count += 1
        bytes += record.size
        while count > limit.records || bytes > limit.bytes, let lane = lanes.firstIndex(where: { !$0.isEmpty }) {
            _ = remove(fromLane: lane)
            dropped += 1
        }
    }

    /// Takes the oldest out; nil where there is none.
    package mutating func popFirst() -> LogRecord? {
        let heads = lanes.indices.compactMap { lane in lanes[lane].first.map { (lane, $0.number) } }
        return heads.min { $0.1 < $1.1 }.flatMap { remove(fromLane: $0.0) }
    }

    /// Counts one that has been taken out and could not be written.
    package mutating func noteLoss() {
        dropped += 1
    }

    /// How many are to be told of as dropped; they count no more after it.
    package mutating func takeDropped() -> Int {
        defer { dropped = 0 }
        return dropped
    }

    private mutating func remove(fromLane lane: Int) -> LogRecord? {
        guard let entry = lanes[lane].popFirst() else { return nil }
        count -= 1
        bytes -= entry.record.size
        return entry.record
    }
}

extension Logger.Level {
    /// 0 for the least important.
    fileprivate var importance: Int {
        switch self {
        case .trace: 0
        case .debug: 1
        case .info: 2
        case .notice: 3
        case .warning: 4
        case .error: 5
        case .critical: 6
        }
    }
}
