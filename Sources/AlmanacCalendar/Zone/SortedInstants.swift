/// Ascending instants with an index by time, so that a search among centuries of them looks at one or two.
struct SortedInstants: Sendable {
    /// The instants, strictly ascending, at least one.
    let instants: [Int64]

    /// For each stretch of 2^23 seconds (97 days) from ``base`` on, the index of the last instant not after its start.
    private let buckets: [UInt16]

    /// The start of the first stretch.
    private let base: Int64

    private static let bucketShift: Int64 = 23

    /// The index covers the years 1800 to 3000; zones have few transitions outside them.
    private static let indexedSeconds: ClosedRange<Int64> = -5_364_662_400...32_503_680_000

    init(_ instants: [Int64]) {
        self.instants = instants
        let first = instants.firstIndex { $0 >= Self.indexedSeconds.lowerBound }
        let last = instants.lastIndex { $0 <= Self.indexedSeconds.upperBound }
        guard let first, let last, first < last, instants.count <= UInt16.max else {
            base = .max
            buckets = []
            return
        }
        base = instants[first]
        let count = Int((instants[last] - base) >> Self.bucketShift) + 2
        var buckets: [UInt16] = []
        buckets.reserveCapacity(count)
        var index = first
        for bucket in 0..<count {
            let start = base + Int64(bucket) << Self.bucketShift
            while index + 1 < instants.count, instants[index + 1] <= start { index += 1 }
            buckets.append(UInt16(index))
        }
        self.buckets = buckets
    }

    /// How many instants there are.
    var count: Int { instants.count }

    @inline(__always)
    subscript(index: Int) -> Int64 { instants[index] }

    /// The index of the last instant that is not after this one, or 0 where all are.
    @inline(__always)
    func lastIndex(notAfter instant: Int64) -> Int {
        guard instant > base, instant <= ZoneTable.distantFuture else {
            return search(from: 0, count: instants.count, notAfter: instant)
        }
        let bucket = Int(truncatingIfNeeded: (instant &- base) &>> Self.bucketShift)
        guard bucket &+ 1 < buckets.count else {
            let low = Int(buckets[buckets.count &- 1])
            return search(from: low, count: instants.count &- low, notAfter: instant)
        }
        let low = Int(buckets[bucket])
        let high = Int(buckets[bucket &+ 1])
        // Nearly always there is one at most between the two, and whether it counts is a matter of chance: no branch.
        if high &- low <= 1 { return instants[high] <= instant ? high : low }
        return search(from: low, count: high &- low &+ 1, notAfter: instant)
    }

    /// A binary search, with no branch that depends on the data but the loop's end.
    @inline(__always)
    private func search(from start: Int, count: Int, notAfter instant: Int64) -> Int {
        var low = start
        var count = count
        while count > 1 {
            let half = count &>> 1
            let middle = low &+ half
            low = instants[middle] <= instant ? middle : low
            count &-= half
        }
        return low
    }
}
