import AlmanacCalendar

extension NextRequest {
    /// Calls the body with each occurrence asked for, in order, until there are no more or the body throws.
    func forEachOccurrence<Failure: Error>(_ body: (Occurrence) throws(Failure) -> Void) throws(Failure) {
        var remaining = limit ?? .max
        for occurrence in schedule.occurrences(after: from, through: until) {
            guard includesSkipped || occurrence.kind == .fire else { continue }
            try body(occurrence)
            remaining -= 1
            if remaining == 0 { return }
        }
    }

    /// Appends the answer to a request line, `{"occurrences":[...]}`, without an end of line; written away as it grows.
    func writeAnswer(to output: inout OutputBuffer, withLocalTime: Bool) throws(OutputError) {
        var text = OccurrenceText(zone: withLocalTime ? schedule.zone : nil)
        output.append(#"{"occurrences":["#)
        var isFirst = true
        try forEachOccurrence { occurrence throws(OutputError) in
            if !isFirst { output.append(UInt8(ascii: ",")) }
            isFirst = false
            output.append { text.append(occurrence, to: &$0) }
            try output.flushIfFull()
        }
        output.append("]}")
    }

    /// Writes a line of JSON for each occurrence, `local` included.
    func writeLines(to output: inout OutputBuffer) throws(OutputError) {
        var text = OccurrenceText(zone: schedule.zone)
        try forEachOccurrence { occurrence throws(OutputError) in
            output.append { text.append(occurrence, to: &$0) }
            output.appendLine()
            try output.flushIfFull()
        }
    }
}

/// Writes occurrences as JSON objects, with their members in the order of `spec/occurrences.md` section 5.
struct OccurrenceText {
    /// The zone of `local`; nil leaves that member out.
    let zone: ZoneRules?

    private var instants = InstantText()
    private var ticks = InstantText()

    init(zone: ZoneRules?) {
        self.zone = zone
    }

    /// Appends one object.
    mutating func append(_ occurrence: Occurrence, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "{"))
        appendMembers(of: occurrence, to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    /// Appends the members without the braces around them.
    mutating func appendMembers(of occurrence: Occurrence, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: #""at":""#.utf8)
        instants.append(occurrence.at, to: &bytes)
        if let zone {
            bytes.append(contentsOf: #"","local":""#.utf8)
            ticks.appendLocal(occurrence.at, in: zone, to: &bytes)
        }
        if let tick = occurrence.tick {
            bytes.append(contentsOf: #"","tick":""#.utf8)
            ticks.append(tick, to: &bytes)
        }
        bytes.append(contentsOf: #"","kind":""#.utf8)
        bytes.append(contentsOf: occurrence.kind.rawValue.utf8)
        if let reason = occurrence.reason {
            bytes.append(contentsOf: #"","reason":""#.utf8)
            bytes.append(contentsOf: reason.rawValue.utf8)
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
