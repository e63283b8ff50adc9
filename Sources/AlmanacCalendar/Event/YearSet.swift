/// Some of the 230 years that a calendar event can name.
struct YearSet: Hashable, Sendable {
    /// The year that the lowest bit stands for.
    private var base = Int32(CalendarEvent.years.lowerBound)

    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    /// How many years there is room for.
    private static let capacity: Int32 = 256

    /// No year.
    init() {}

    /// Adds one of ``CalendarEvent/years``.
    mutating func insert(_ year: Int) {
        let bit = UInt64(1) << UInt64((year - Int(base)) & 63)
        switch (year - Int(base)) >> 6 {
        case 0: words.0 |= bit
        case 1: words.1 |= bit
        case 2: words.2 |= bit
        case 3: words.3 |= bit
        default: preconditionFailure("\(year) is not among the years that an event can name")
        }
    }

    /// The same years, each so many years earlier.
    func moved(back years: Int32) -> YearSet {
        var result = self
        result.base &-= years
        return result
    }

    /// Whether a year is in the set.
    func contains(_ year: UInt32) -> Bool {
        let index = Int32(truncatingIfNeeded: year) &- base
        guard index >= 0, index < Self.capacity else { return false }
        return word(index >> 6) >> UInt64(index & 63) & 1 != 0
    }

    /// The first year after one; nil where there is none.
    func first(after year: UInt32) -> UInt32? {
        var index = max(Int32(truncatingIfNeeded: year) &- base &+ 1, 0)
        while index < Self.capacity {
            let rest = word(index >> 6) >> UInt64(index & 63)
            if rest != 0 { return self.year(index &+ Int32(rest.trailingZeroBitCount)) }
            index = (index >> 6 &+ 1) << 6
        }
        return nil
    }

    /// The last year before one; nil where there is none.
    func last(before year: UInt32) -> UInt32? {
        var index = min(Int32(truncatingIfNeeded: year) &- base &- 1, Self.capacity &- 1)
        while index >= 0 {
            let rest = word(index >> 6) << UInt64(63 &- index & 63)
            if rest != 0 { return self.year(index &- Int32(rest.leadingZeroBitCount)) }
            index = (index >> 6) << 6 &- 1
        }
        return nil
    }

    /// Whether some year of the set is one that the predicate is true of.
    func contains(where predicate: (UInt32) -> Bool) -> Bool {
        var year = first(after: 0)
        while let candidate = year {
            if predicate(candidate) { return true }
            year = first(after: candidate)
        }
        return false
    }

    /// A year from 1 on; sets that were moved can hold none before it.
    private func year(_ index: Int32) -> UInt32? {
        let year = base &+ index
        return year >= 1 ? UInt32(year) : nil
    }

    private func word(_ index: Int32) -> UInt64 {
        switch index {
        case 0: words.0
        case 1: words.1
        case 2: words.2
        default: words.3
        }
    }

    static func == (left: YearSet, right: YearSet) -> Bool {
        left.base == right.base && left.words == right.words
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(base)
        for index in 0..<Int32(4) { hasher.combine(word(index)) }
    }
}
