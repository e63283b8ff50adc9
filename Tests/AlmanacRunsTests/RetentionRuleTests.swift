import AlmanacModel
import AlmanacRuns
import Testing

@Suite("A rule says which ended runs of a task go, and when the next one does")
struct RetentionRuleTests {
    /// A history in the order of its making: letters for runs that were made one second after the other from second 0 on.
    ///
    /// `e` has ended in the second in which it was made, `l` a minute later, `r` is referred to and has ended like `e`,
    /// `b` ended before it was made, for the clock was set back; `u` has not ended.
    static func history(_ letters: String) -> [HistoryEntry] {
        var ids = RunIDSequence()
        return letters.enumerated().map { index, letter in
            let made = PreciseTimestamp(nanosecondsSinceEpoch: Int64(index) * 1_000_000_000)
            let end: Duration? =
                switch letter {
                case "e", "r": .zero
                case "l": .seconds(60)
                case "b": .seconds(-600)
                default: nil
                }
            return HistoryEntry(
                id: ids.next(at: made),
                taskName: "job",
                createdAt: made,
                endedAt: end.map { made.advanced(by: $0) },
                isReferredTo: letter == "r"
            )
        }
    }

    struct Row: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var history: String
        var rule: RetentionRule
        var now: Int64
        /// The places of the runs that go.
        var going: [Int]
        /// In seconds.
        var nextExpiry: Int64?

        init(
            _ rule: String,
            _ history: String,
            keepRuns: Int? = nil,
            keepFor: Int64? = nil,
            now: Int64 = 1000,
            going: [Int],
            nextExpiry: Int64? = nil
        ) {
            testDescription = rule
            self.history = history
            self.rule = RetentionRule(keepRuns: keepRuns, keepFor: keepFor.map { .seconds($0) })
            self.now = now
            self.going = going
            self.nextExpiry = nextExpiry
        }
    }

    static let rows = [
        Row("nothing wanted: all stay", "eeee", going: []),
        Row("no history", "", keepRuns: 1, keepFor: 1, going: []),
        Row("as many as may stay", "eee", keepRuns: 3, going: []),
        Row("one above: the oldest goes", "eeee", keepRuns: 3, going: [0]),
        Row("many above: oldest first", "eeeeee", keepRuns: 1, going: [0, 1, 2, 3, 4]),
        Row("runs that have not ended do not count and never go", "ueueue", keepRuns: 2, going: [1]),
        Row("nothing has ended", "uuuu", keepRuns: 1, keepFor: 1, going: []),
        Row("one that a retry needs stays, and no newer one goes for it", "reee", keepRuns: 3, going: []),
        Row("one that a retry needs stays among others that go", "ereee", keepRuns: 2, going: [0, 2]),
        Row("an age that is reached goes, to the second", "eeee", keepFor: 10, now: 11, going: [0, 1], nextExpiry: 12),
        Row("an age that is not reached stays", "eeee", keepFor: 10, now: 9, going: [], nextExpiry: 10),
        Row("all are too old", "eeee", keepFor: 10, going: [0, 1, 2, 3]),
        Row("the end counts, not the making", "leee", keepFor: 10, now: 12, going: [1, 2], nextExpiry: 13),
        Row(
            "the first end is the next to expire, whoever was made first",
            "lee",
            keepFor: 10,
            now: 5,
            going: [],
            nextExpiry: 11
        ),
        Row(
            "one that a retry needs is never the next to expire",
            "re",
            keepFor: 10,
            now: 10,
            going: [],
            nextExpiry: 11
        ),
        Row("one that has not ended is looked past", "ue", keepFor: 10, now: 20, going: [1]),
        Row("an end before the making counts from the making", "eb", keepFor: 10, now: 10, going: [0], nextExpiry: 11),
        Row(
            "both: what is above the number goes at any age",
            "eeee",
            keepRuns: 2,
            keepFor: 100,
            now: 5,
            going: [0, 1],
            nextExpiry: 102
        ),
        Row(
            "both: what is too old goes below the number",
            "eeee",
            keepRuns: 3,
            keepFor: 10,
            now: 11,
            going: [0, 1],
            nextExpiry: 12
        ),
    ]

    @Test("By number and by age", arguments: rows, [1, 2, 3, 100])
    func decide(row: Row, pageSize: Int) {
        let history = Self.history(row.history)
        let ended = history.filter { $0.endedAt != nil }.count
        var walk = RetentionRule.Walk(
            row.rule,
            excess: row.rule.excess(of: ended),
            at: PreciseTimestamp(nanosecondsSinceEpoch: row.now * 1_000_000_000)
        )
        var going: [RunID] = []
        var start = 0
        while !walk.isOver && start < history.count {
            going += walk.take(Array(history[start..<min(start + pageSize, history.count)])).map(\.id)
            start += pageSize
        }
        #expect(going == row.going.map { history[$0].id })
        #expect(walk.nextExpiry?.nanosecondsSinceEpoch == row.nextExpiry.map { $0 * 1_000_000_000 })
    }

    @Test("The reason is the number where both hold")
    func reasons() {
        var walk = RetentionRule.Walk(
            RetentionRule(keepRuns: 2, keepFor: .seconds(10)),
            excess: 1,
            at: PreciseTimestamp(nanosecondsSinceEpoch: 11_000_000_000)
        )
        #expect(walk.take(Self.history("eee")).map(\.reason) == [.keepRuns, .keepFor])
    }

    @Test("A walk stops where nothing behind can matter, and reads no further")
    func stops() {
        let now = PreciseTimestamp(nanosecondsSinceEpoch: 5_000_000_000)
        var byNumber = RetentionRule.Walk(RetentionRule(keepRuns: 3), excess: 1, at: now)
        _ = byNumber.take(Self.history("ee"))
        #expect(byNumber.isOver)
        var byAge = RetentionRule.Walk(RetentionRule(keepFor: .seconds(100)), excess: 0, at: now)
        _ = byAge.take(Self.history("ee"))
        #expect(byAge.isOver)
        // The second run may have ended long before the first one did.
        var byLateEnd = RetentionRule.Walk(RetentionRule(keepFor: .seconds(100)), excess: 0, at: now)
        _ = byLateEnd.take(Self.history("l"))
        #expect(!byLateEnd.isOver)
        #expect(RetentionRule.Walk(RetentionRule(), excess: 0, at: now).isOver)
    }

    @Test(
        "For room, the oldest go until it is enough",
        arguments: [
            ("eeee", 1, [0]), ("eeee", 10, [0]), ("eeee", 11, [0, 1]), ("eeee", 1000, [0, 1, 2, 3]),
            ("uere", 20, [1, 3]), ("urru", 5, []), ("", 5, []),
        ] as [(String, Int64, [Int])]
    )
    func room(letters: String, bytes: Int64, going: [Int]) {
        let history = Self.history(letters)
        #expect(RetentionRule.oldest(of: history, giving: bytes) { _ in 10 } == going.map { history[$0].id })
    }
}
