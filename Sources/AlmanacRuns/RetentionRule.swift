package import AlmanacModel

/// Which ended runs of a task are kept, and which of all tasks have to make room: decided here, on pages of the history.
///
/// Never those that have not ended, nor those that something refers to. The oldest by their making go first.
package struct RetentionRule: Hashable, Sendable {
    /// How many ended runs are kept, 1 or more; nil for all.
    package var keepRuns: Int?
    /// How long a run is kept after its end; nil for ever.
    package var keepFor: Duration?

    package init(keepRuns: Int? = nil, keepFor: Duration? = nil) {
        self.keepRuns = keepRuns
        self.keepFor = keepFor
    }

    package init(_ task: TaskDefinition) {
        self.init(keepRuns: task.keepRuns, keepFor: task.keepFor)
    }

    /// Whether every run is kept for ever.
    package var keepsAll: Bool { keepRuns == nil && keepFor == nil }

    /// How many ended runs there are above `keep_runs`.
    ///
    /// - Parameter ended: how many there are.
    package func excess(of ended: Int) -> Int {
        max(0, ended - (keepRuns ?? ended))
    }

    /// Why a run goes.
    package enum Reason: String, Sendable, CaseIterable {
        case keepRuns = "keep_runs"
        case keepFor = "keep_for"
        case maxSize = "max_size"
        case minFreeSpace = "min_free_space"
    }

    /// A walk through the history of a task, from its oldest run on, a page at a time.
    package struct Walk: Sendable {
        private let rule: RetentionRule
        private let now: PreciseTimestamp
        /// How many ended runs above `keep_runs` have not come by yet.
        private var excess: Int
        /// The first end among the runs that are kept, for as long as nothing refers to them.
        private var firstKeptEnd: PreciseTimestamp?
        /// Whether no run behind those that came by can have to go, or end earlier than those that are kept.
        package private(set) var isOver = false

        package init(_ rule: RetentionRule, excess: Int, at now: PreciseTimestamp) {
            self.rule = rule
            self.now = now
            self.excess = excess
            isOver = excess <= 0 && rule.keepFor == nil
        }

        /// When the first of the kept runs will have been kept for long enough; nil where there is none, or no `keep_for`.
        package var nextExpiry: PreciseTimestamp? {
            rule.keepFor.flatMap { keepFor in firstKeptEnd?.advanced(by: keepFor) }
        }

        /// Takes the next page.
        ///
        /// - Returns: the runs that go, in the order of the page.
        package mutating func take(_ page: [HistoryEntry]) -> [(id: RunID, reason: Reason)] {
            var going: [(id: RunID, reason: Reason)] = []
            for entry in page {
                if isOver { break }
                if excess <= 0 && endsNoEarlier(entry) {
                    isOver = true
                    break
                }
                guard let end = entry.endedAt else { continue }
                // The one that is spared counts among those above `keep_runs`, so that no newer one goes in its place.
                let isAbove = excess > 0
                if isAbove { excess -= 1 }
                if entry.isReferredTo { continue }
                if isAbove {
                    going.append((entry.id, .keepRuns))
                } else if isExpired(end, entry) {
                    going.append((entry.id, .keepFor))
                } else {
                    let end = max(end, entry.createdAt)
                    firstKeptEnd = min(firstKeptEnd ?? end, end)
                }
                if excess <= 0 && rule.keepFor == nil { isOver = true }
            }
            return going
        }

        /// Whether a run and all that were made after it end after one that is kept for its age.
        private func endsNoEarlier(_ entry: HistoryEntry) -> Bool {
            guard rule.keepFor != nil else { return true }
            return firstKeptEnd.map { entry.createdAt >= $0 } ?? false
        }

        /// A clock that was set back may have a run end before it was made: then its making counts.
        private func isExpired(_ end: PreciseTimestamp, _ entry: HistoryEntry) -> Bool {
            guard let keepFor = rule.keepFor else { return false }
            return max(end, entry.createdAt).advanced(by: keepFor) <= now
        }
    }

    /// The oldest runs of a page whose removal makes enough room; all that may go where none is enough.
    ///
    /// - Parameters:
    ///   - bytes: how much room is missing, above zero.
    ///   - size: how much room a run gives.
    package static func oldest(
        of page: [HistoryEntry],
        giving bytes: Int64,
        size: (HistoryEntry) -> Int64
    ) -> [RunID] {
        var missing = bytes
        var going: [RunID] = []
        for entry in page where entry.endedAt != nil && !entry.isReferredTo {
            if missing <= 0 { break }
            missing -= size(entry)
            going.append(entry.id)
        }
        return going
    }
}
