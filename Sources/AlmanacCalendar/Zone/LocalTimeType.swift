/// One of the kinds of time that a zone keeps: an offset, whether it counts as daylight saving time, and its abbreviation.
struct LocalTimeType: Hashable, Sendable {
    /// Seconds east of UTC.
    let offset: Int32

    /// Whether this is daylight saving time.
    let isDaylightSaving: Bool

    /// What it is called for short, `CEST`.
    let abbreviation: String
}

/// What zone data say: the types of local time, the instants at which they change, and the rule that goes on after the last of them.
struct ZoneData: Sendable {
    /// The types; the first one holds before the first transition.
    var types: [LocalTimeType]

    /// The instants at which the type changes, strictly ascending, each with the index of its type.
    var transitions: [(at: Int64, type: Int)]

    /// What rules on and after the last transition, or all of time where there is none.
    var footer: POSIXTimeZone?
}
