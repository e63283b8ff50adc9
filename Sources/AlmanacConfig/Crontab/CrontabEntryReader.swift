/// Reads the lines that start commands by the rules of Debian's cron (load_entry of 3.0pl1).
struct CrontabEntryReader {
    /// A line's parts.
    struct Parts {
        var timeText: String
        var time: CrontabEntry.Time
        var user: String?
        var command: String
        var standardInput: String?
        /// What is run otherwise than it seems to say.
        var warnings: [String] = []
    }

    /// A command of so many bytes is too long for cron.
    static let commandLimit = 999

    let owner: Crontab.Owner

    /// - Parameter line: from the first character that is no blank, without the newline; not empty.
    func read(_ line: ArraySlice<UInt8>) throws(CrontabFault) -> Parts {
        var rest = line
        var warnings: [String] = []
        let (timeText, time) = try time(in: &rest, warnings: &warnings)
        let user = try user(in: &rest)
        guard rest.count < Self.commandLimit else {
            throw CrontabFault(
                "the command is \(rest.count) bytes long, and cron takes at most \(Self.commandLimit - 1); move it to a script"
            )
        }
        guard (try? UTF8Span(validating: Array(rest).span)) != nil else {
            throw CrontabFault("the command is not UTF-8; save the file in that encoding")
        }
        let command = CrontabCommand(rest)
        return Parts(
            timeText: timeText,
            time: time,
            user: user,
            command: String(decoding: command.command, as: UTF8.self),
            standardInput: command.standardInput.isEmpty
                ? nil : String(decoding: command.standardInput, as: UTF8.self),
            warnings: warnings
        )
    }

    // MARK: The time

    private func time(
        in rest: inout ArraySlice<UInt8>,
        warnings: inout [String]
    ) throws(CrontabFault) -> (String, CrontabEntry.Time) {
        if rest.first == UInt8(ascii: "@") {
            let word = Self.takeWord(from: &rest)
            guard let time = Self.descriptor(word.dropFirst()) else {
                throw CrontabFault(
                    "cron knows no \(CrontabByte.quoted(word)); expected @reboot, @yearly, @annually, @monthly, @weekly, "
                        + "@daily, @midnight or @hourly, or five time fields"
                )
            }
            return (String(decoding: word, as: UTF8.self), time)
        }
        var words: [ArraySlice<UInt8>] = []
        func field(_ field: CrontabFieldReader.Field) throws(CrontabFault) -> CrontabFieldReader {
            let word = Self.takeWord(from: &rest)
            guard !word.isEmpty else {
                throw CrontabFault("\(field.name): missing; expected five time fields before the command")
            }
            words.append(word)
            let reader = try CrontabFieldReader(field, word)
            if let range = reader.backwardRange {
                warnings.append(Self.backwardRange(range, of: field))
            }
            return reader
        }
        let minute = try field(.minute)
        let hour = try field(.hour)
        let monthDay = try field(.monthDay)
        let month = try field(.month)
        let weekday = try field(.weekday)

        var fields = CrontabFields()
        fields.minutes = minute.set
        fields.hours = UInt32(hour.set)
        fields.monthDays = UInt32(monthDay.set)
        fields.months = UInt32(month.set)
        // 7 is Sunday too.
        fields.weekdays = UInt32(weekday.set & 0x7F | weekday.set >> 7)
        fields.monthDaysBeginWithStar = monthDay.beginsWithStar
        fields.weekdaysBeginWithStar = weekday.beginsWithStar
        fields.followsClock = minute.beginsWithStar || hour.beginsWithStar
        if fields.expression == nil { warnings.append("it never fires: no day or time matches all five fields") }
        return (words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " "), .fields(fields))
    }

    /// What stands behind `@`, in cron's own letter case.
    private static func descriptor(_ name: ArraySlice<UInt8>) -> CrontabEntry.Time? {
        var fields = CrontabFields()
        fields.minutes = 1
        fields.hours = 1
        fields.monthDays = 0xFFFF_FFFE
        fields.months = 0x1FFE
        fields.weekdays = 0x7F
        fields.monthDaysBeginWithStar = true
        fields.weekdaysBeginWithStar = true
        switch String(decoding: name.prefix(10), as: UTF8.self) {
        case "reboot": return .reboot
        case "yearly", "annually":
            fields.monthDays = 1 << 1
            fields.months = 1 << 1
            fields.monthDaysBeginWithStar = false
        case "monthly":
            fields.monthDays = 1 << 1
            fields.monthDaysBeginWithStar = false
        case "weekly":
            fields.weekdays = 1
            fields.weekdaysBeginWithStar = false
        case "daily", "midnight": break
        case "hourly":
            fields.hours = 0xFF_FFFF
            fields.followsClock = true
        default: return nil
        }
        return .fields(fields)
    }

    private static func backwardRange(_ range: ClosedRange<Int>, of field: CrontabFieldReader.Field) -> String {
        let (first, last) = (range.upperBound, range.lowerBound)
        let limits = field.range
        return
            "\(field.name): the range from \(first) to \(last) is backwards and matches nothing; if it is to go on past "
            + "\(limits.upperBound), write \(first)-\(limits.upperBound),\(limits.lowerBound)-\(last)"
    }

    // MARK: What follows the time

    /// Takes the user column; nil where the crontab has none.
    private func user(in rest: inout ArraySlice<UInt8>) throws(CrontabFault) -> String? {
        guard owner == .system else {
            guard rest.first != UInt8(ascii: "*") else {
                throw CrontabFault(
                    #"expected the command behind five time fields, found "*"; a user's own crontab has no sixth field"#
                )
            }
            return nil
        }
        let word = rest.prefix { !CrontabByte.isBlank($0) }
        guard !word.isEmpty else { throw CrontabFault("expected a user and a command behind the time, found nothing") }
        // The next blank ends the name, on whatever line it stands: cron would take the next line into it.
        guard word.endIndex < rest.endIndex else {
            throw CrontabFault("expected a user and a command behind the time, found \(CrontabByte.quoted(word)) alone")
        }
        rest = rest[(word.endIndex + 1)...]
        guard let user = try? String(copying: UTF8Span(validating: Array(word).span)) else {
            throw CrontabFault("the user's name is not UTF-8")
        }
        return user
    }

    /// Takes what stands before the next blank, and the blanks behind it.
    private static func takeWord(from rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let word = rest.prefix { !CrontabByte.isBlank($0) }
        rest = rest[word.endIndex...].drop(while: CrontabByte.isBlank)
        return word
    }
}
