/// What a field may hold, and how messages speak of it.
struct CronFieldSyntax: Sendable {
    let field: CronExpressionError.Field

    /// The values of the field; day-of-week takes 7 for Sunday besides.
    let range: ClosedRange<Int>

    /// The names of values, the first one for the range's first value.
    let names: [String]

    /// A value in messages, `a minute`.
    let noun: String

    /// What the field takes, in messages, `0 to 59`.
    let expected: String

    static let second = CronFieldSyntax(field: .second, range: 0...59, names: [], noun: "a second", expected: "0 to 59")
    static let minute = CronFieldSyntax(field: .minute, range: 0...59, names: [], noun: "a minute", expected: "0 to 59")
    static let hour = CronFieldSyntax(field: .hour, range: 0...23, names: [], noun: "an hour", expected: "0 to 23")

    static let dayOfMonth = CronFieldSyntax(
        field: .dayOfMonth,
        range: 1...31,
        names: [],
        noun: "a day of the month",
        expected: "1 to 31, L, L-1 to L-30, 1W to 31W or LW"
    )

    static let month = CronFieldSyntax(
        field: .month,
        range: 1...12,
        names: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
        noun: "a month",
        expected: "1 to 12 or JAN to DEC"
    )

    static let dayOfWeek = CronFieldSyntax(
        field: .dayOfWeek,
        range: 0...6,
        names: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
        noun: "a day of the week",
        expected: "0 to 7 or SUN to SAT, alone, with #1 to #5, or with L"
    )

    /// The largest number that stands for a value.
    var maximum: Int { field == .dayOfWeek ? 7 : range.upperBound }

    /// The value of a name, whatever its case.
    func value(named bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.count == 3 else { return nil }
        let index = names.firstIndex { name in zip(name.utf8, bytes).allSatisfy { $0 == $1 & ~0x20 } }
        return index.map { $0 + range.lowerBound }
    }
}
