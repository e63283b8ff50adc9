/// Reads calendar events as systemd 252 does (systemd.time(7)), over ASCII bytes.
///
/// The work is linear in the length of the text.
struct CalendarEventParser {
    private let bytes: [UInt8]
    private var position = 0
    /// The end of what is not the zone.
    private var end: Int
    private var zone: ZoneID?

    /// The parts as they are read.
    private var weekdays: UInt32 = 0
    private var (year, month, day) = (EventChain.any, EventChain.any, EventChain.any)
    private var daySyntax = EventFieldSyntax.day
    private var (hour, minute, second) = (EventChain(0), EventChain(0), EventChain(0))

    private static let example =
        "expected weekdays, a date Y-M-D, a time H:M:S and a zone, such as Mon..Fri *-*-* 09:00 UTC"

    static func parse(_ text: String) throws(CalendarEventError) -> (CronExpression, ZoneID?) {
        var parser = CalendarEventParser(bytes: Array(text.utf8))
        return try parser.event()
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
        end = bytes.count
    }

    private mutating func event() throws(CalendarEventError) -> (CronExpression, ZoneID?) {
        try takeZone()
        guard end > 0 else { throw fault("the event is empty; \(Self.example)", at: 0..<bytes.count) }
        if let shorthand = EventShorthand.named(bytes[..<end]) {
            (weekdays, month, day) = (shorthand.weekdays, shorthand.months, shorthand.days)
            (hour, minute) = (shorthand.hours, shorthand.minutes)
        } else {
            try parseWeekdays()
            if position < end, bytes[position] == UInt8(ascii: "@") {
                try parseSecondsSinceEpoch()
            } else {
                try parseDate()
                try parseTime()
            }
        }
        let fields = fields
        guard fields.canMatch else {
            throw fault("the event never is: no day that it names exists", at: 0..<end)
        }
        return (CronExpression(event: fields), zone)
    }

    private var fields: CalendarEvent.Fields {
        let isFromLast = daySyntax.isFromLast && !day.isAny
        let days = UInt32(truncatingIfNeeded: day.bits(of: day.isAny ? .day : daySyntax))
        let isEveryWeekday = weekdays == 0 || weekdays == CronFields.Weekdays.allDays
        let times = CronFields(
            seconds: second.bits(of: .second),
            minutes: minute.bits(of: .minute),
            hours: UInt32(hour.bits(of: .hour)),
            months: UInt32(month.bits(of: .month)),
            monthDays: isFromLast ? .init(fromLast: days >> 1) : .init(days: days),
            weekdays: .init(days: isEveryWeekday ? CronFields.Weekdays.allDays : weekdays)
        )
        let date =
            year.text(of: .year) + "-" + month.text(of: .month) + (isFromLast ? "~" : "-") + day.text(of: daySyntax)
        let time = hour.text(of: .hour) + ":" + minute.text(of: .minute) + ":" + second.text(of: .second)
        let text = "\(isEveryWeekday ? "" : EventWeekday.text(of: weekdays) + " ")\(date) \(time)"
        return CalendarEvent.Fields(times: times, years: year.years, text: text)
    }

    // MARK: The zone

    /// Takes the last word for a zone if it begins with a letter: nothing else there does.
    private mutating func takeZone() throws(CalendarEventError) {
        guard let blank = bytes.lastIndex(of: UInt8(ascii: " ")), blank + 1 < bytes.count, isLetter(bytes[blank + 1])
        else { return }
        let word = blank + 1..<bytes.count
        if EventWeekday.number(named: bytes[word]) != nil || EventShorthand.named(bytes[word]) != nil {
            throw fault(
                "\(quoted(bytes[word])) is not a zone; weekdays come first, joined by commas or .., and shorthands stand "
                    + "alone",
                field: .zone,
                at: word
            )
        }
        guard bytes[word].allSatisfy({ isLetter($0) || isDigit($0) || "+-_/".utf8.contains($0) }) else {
            throw fault(
                "\(quoted(bytes[word])) is not a zone; expected a name such as Europe/Berlin",
                field: .zone,
                at: word
            )
        }
        let name = String(decoding: bytes[word], as: UTF8.self)
        zone = ZoneID(name.lowercased() == "utc" ? "UTC" : name)
        end = blank
    }

    // MARK: Weekdays

    private mutating func parseWeekdays() throws(CalendarEventError) {
        guard isLetter(bytes[0]) else { return }
        let word = 0..<(bytes[..<end].firstIndex(of: UInt8(ascii: " ")) ?? end)
        var rangeStart: Int?
        while position < word.upperBound {
            let name = position..<(bytes[position..<word.upperBound].firstIndex { !isLetter($0) } ?? word.upperBound)
            guard let weekday = EventWeekday.number(named: bytes[name]) else {
                let found = name.isEmpty ? quoted(bytes[word]) : quoted(bytes[name])
                throw fault(
                    "\(found) is not a weekday\(name.lowerBound == 0 ? " or a shorthand" : ""); expected Mon to Sun, "
                        + "such as Mon,Fri or Mon..Fri\(name.lowerBound == 0 ? ", or a shorthand such as daily" : "")",
                    field: .dayOfWeek,
                    at: name.isEmpty ? word : name
                )
            }
            guard rangeStart ?? weekday <= weekday else {
                throw fault(
                    "\(quoted(bytes[word])) ends before it begins; ranges of weekdays do not wrap",
                    field: .dayOfWeek,
                    at: word
                )
            }
            // Bit 0 is Sunday, which comes last in systemd's week.
            for number in (rangeStart ?? weekday)...weekday { weekdays |= 1 << UInt32((number + 1) % 7) }
            position = name.upperBound
            if position == word.upperBound { break }
            if bytes[position] == UInt8(ascii: ",") {
                rangeStart = nil
                position += 1
                continue
            }
            let joint =
                bytes[position] == UInt8(ascii: "-")
                ? 1 : bytes[position..<word.upperBound].starts(with: "..".utf8) ? 2 : 0
            guard joint > 0, rangeStart == nil, position + joint < word.upperBound else {
                throw fault(
                    "\(quoted(bytes[word])) is not a list of weekdays; expected names, joined by commas or ..",
                    field: .dayOfWeek,
                    at: word
                )
            }
            rangeStart = weekday
            position += joint
        }
        position = word.upperBound
        skipBlanks()
    }

    // MARK: The date

    /// Reads `@SECONDS`: an instant, so the zone is UTC whatever was named.
    private mutating func parseSecondsSinceEpoch() throws(CalendarEventError) {
        let word = position..<end
        position += 1
        skipBlanks()
        if position < end, bytes[position] == UInt8(ascii: "+") { position += 1 }
        let digits = bytes[position..<end]
        let limit = 7_258_118_400  // 2200-01-01T00:00:00Z
        let seconds = digits.reduce(0) { min($0 * 10 + Int($1 & 0x0F), limit) }
        guard !digits.isEmpty, digits.allSatisfy(isDigit), seconds < limit else {
            throw fault(
                "\(quoted(bytes[word])) is not an instant; expected @ and whole seconds since 1970, in the years to 2199",
                at: word
            )
        }
        let wall = CivilDateTime(wallSeconds: Int64(seconds))
        (year, month, day) = (EventChain(wall.date.year), EventChain(wall.date.month), EventChain(wall.date.day))
        (hour, minute) = (EventChain(wall.time.hour), EventChain(wall.time.minute))
        second = EventChain(wall.time.second)
        zone = ZoneID("UTC")
        position = end
    }

    /// Reads `Y-M-D` or `M-D`, `~` before a day that is counted from the month's end; nothing where a time comes.
    private mutating func parseDate() throws(CalendarEventError) {
        let word = nextWord
        let joints = word.filter { bytes[$0] == UInt8(ascii: "-") || bytes[$0] == UInt8(ascii: "~") }
        guard !word.isEmpty, !bytes[word].contains(UInt8(ascii: ":")) || !joints.isEmpty else { return }
        guard joints.count == 1 || joints.count == 2, !bytes[word].contains(UInt8(ascii: ":")),
            !joints.dropLast().contains(where: { bytes[$0] == UInt8(ascii: "~") })
        else {
            throw fault(
                "\(quoted(bytes[word])) is not a date or a time; expected Y-M-D, M-D, H:M or H:M:S with a blank between date and "
                    + "time, ~ in place of the last - for days from the month's end",
                at: word
            )
        }
        if bytes[joints[joints.count - 1]] == UInt8(ascii: "~") { daySyntax = .dayFromLast }
        var start = word.lowerBound
        if joints.count == 2 {
            year = try list(.year, start..<joints[0])
            start = joints[0] + 1
        }
        month = try list(.month, start..<joints[joints.count - 1])
        day = try list(daySyntax, joints[joints.count - 1] + 1..<word.upperBound)
        position = word.upperBound
        skipBlanks()
    }

    // MARK: The time

    private mutating func parseTime() throws(CalendarEventError) {
        let word = nextWord
        guard position < end else { return }
        let joints = word.filter { bytes[$0] == UInt8(ascii: ":") }
        guard joints.count == 1 || joints.count == 2 else {
            throw fault("\(quoted(bytes[position..<end])) is not a time; expected H:M or H:M:S", at: position..<end)
        }
        hour = try list(.hour, word.lowerBound..<joints[0])
        minute = try list(.minute, joints[0] + 1..<(joints.count == 2 ? joints[1] : word.upperBound))
        if joints.count == 2 { second = try list(.second, joints[1] + 1..<word.upperBound) }
        guard word.upperBound == end else {
            let rest = word.upperBound..<end
            throw fault(
                "expected a zone or the end after the time; found \(bytes[rest].allSatisfy { $0 == 0x20 } ? "a blank" : quoted(bytes[rest]))",
                at: rest
            )
        }
    }

    private func list(_ syntax: EventFieldSyntax, _ part: Range<Int>) throws(CalendarEventError) -> EventChain {
        var parser = EventListParser(syntax, bytes: bytes, part: part)
        return try parser.parse()
    }

    // MARK: Tokens

    /// What comes up to the next blank.
    private var nextWord: Range<Int> {
        position..<(bytes[position..<end].firstIndex(of: UInt8(ascii: " ")) ?? end)
    }

    private mutating func skipBlanks() {
        while position < end, bytes[position] == UInt8(ascii: " ") { position += 1 }
    }

    private func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private func fault(
        _ message: String,
        field: CalendarEventError.Field = .expression,
        at range: Range<Int>
    ) -> CalendarEventError {
        let column = codePoints(in: bytes[..<range.lowerBound]) + 1
        return CalendarEventError(
            field: field,
            column: column,
            endColumn: column + codePoints(in: bytes[range]),
            message: message
        )
    }
}
