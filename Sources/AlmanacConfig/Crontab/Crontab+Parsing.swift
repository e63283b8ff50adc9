extension Crontab {
    /// The most faults, and the most warnings, that are told of one file; of more there is just the number.
    static let remarkLimit = 100
    /// The most variables that a crontab may set.
    static let variableLimit = VariableName.maximumCount
    /// The last line that may hold anything: cron ignores a longer file (user.c of 3.0pl1: 10000 lines, and the three of crontab(1)'s own header).
    static let lineLimit = 10_003

    /// Reads the text of a crontab by the rules of Debian's cron (3.0pl1); a line that is at fault leaves the others alone.
    ///
    /// Any bytes will do: a file with a NUL character, and one that is too long for cron, is at fault as a whole.
    ///
    /// - Parameter path: absolute, or `-` for standard input: how the crontab is named in what is said of it.
    package init(parsing bytes: [UInt8], path: String, owner: Owner) {
        self.init(path: path, owner: owner)
        var reader = CrontabReader(owner: owner)
        reader.read(bytes)
        lineCounts = reader.lineCounts
        faults = reader.faults.remarks(what: "lines are at fault")
        warnings = reader.warnings.remarks(what: "warnings")
        if let refusal = reader.refusal {
            faults = [refusal]
            warnings = []
            lineCounts = LineCounts()
            lineCounts.faulty = reader.lineCount
        } else {
            entries = reader.entries
        }
    }
}

/// Goes over the lines of a crontab, once.
private struct CrontabReader {
    /// Remarks, of which no more are kept than can be of use.
    struct Remarks {
        private var kept: [Crontab.Remark] = []
        private var omitted = 0

        mutating func add(_ message: String, line: Int) {
            if kept.count < Crontab.remarkLimit {
                kept.append(Crontab.Remark(line: line, message: message))
            } else {
                omitted += 1
            }
        }

        /// - Parameter what: what those are that are not listed, in the plural.
        func remarks(what: String) -> [Crontab.Remark] {
            guard omitted > 0 else { return kept }
            return [
                Crontab.Remark(line: nil, message: "\(kept.count + omitted) \(what); the first \(kept.count) are told")
            ] + kept
        }
    }

    /// How much of the comment above a line is kept.
    private static let commentLineLimit = 32
    private static let commentByteLimit = 500

    private let entryReader: CrontabEntryReader
    private var line = 0
    private var variables: [CrontabEntry.Variable] = []
    private var indices: [String: Int] = [:]
    private var comment: [ArraySlice<UInt8>] = []
    private var hasCarriageReturn = false

    private(set) var entries: [CrontabEntry] = []
    private(set) var lineCounts = Crontab.LineCounts()
    private(set) var faults = Remarks()
    private(set) var warnings = Remarks()
    /// Why nothing of the file is taken.
    private(set) var refusal: Crontab.Remark?

    var lineCount: Int { line }

    init(owner: Crontab.Owner) {
        entryReader = CrontabEntryReader(owner: owner)
    }

    mutating func read(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            line += 1
            let end = rest.firstIndex(of: CrontabByte.newline)
            let text = rest[..<(end ?? rest.endIndex)]
            rest = end.map { rest[($0 + 1)...] } ?? []
            if refusal == nil { read(line: text, isWhole: end != nil) }
        }
    }

    private mutating func read(line text: ArraySlice<UInt8>, isWhole: Bool) {
        if text.contains(0) {
            return refuse("it holds a NUL character: a crontab is text; remove the file or the character")
        }
        let content = text.drop(while: CrontabByte.isBlank)
        guard let first = content.first else {
            lineCounts.blank += 1
            comment = []
            return
        }
        if first == UInt8(ascii: "#") {
            lineCounts.comments += 1
            if comment.count == Self.commentLineLimit { comment.removeFirst() }
            comment.append(content.prefix(Self.commentByteLimit))
            return
        }
        if line > Crontab.lineLimit {
            return refuse("cron takes no crontab of more than 10000 lines; divide it")
        }
        let commentLines = comment
        comment = []
        do throws(CrontabFault) {
            guard isWhole else {
                throw CrontabFault("the last line does not end in a newline, and cron takes no such line; add one")
            }
            guard content != [CrontabByte.carriageReturn] else {
                throw CrontabFault("the line holds a carriage return alone; save the file with the line ends of Linux")
            }
            try read(content, comment: commentLines)
        } catch {
            lineCounts.faulty += 1
            faults.add(error.message, line: line)
        }
    }

    private mutating func refuse(_ message: String) {
        refusal = Crontab.Remark(line: line, message: message)
    }

    private mutating func read(
        _ content: ArraySlice<UInt8>,
        comment: [ArraySlice<UInt8>]
    ) throws(CrontabFault) {
        switch CrontabVariableReader.read(content) {
        case .variable(let name, let value, let isCut):
            try set(name, to: value)
            lineCounts.variables += 1
            if isCut {
                warnings.add(
                    "the line is longer than \(CrontabVariableReader.longestLine) bytes, and cron cuts it off there",
                    line: line
                )
            }
        case .other(let reason):
            let parts: CrontabEntryReader.Parts
            do throws(CrontabFault) {
                parts = try entryReader.read(content)
            } catch {
                throw reason.map { CrontabFault($0) } ?? error
            }
            add(parts, comment: comment)
            if content.last == CrontabByte.carriageReturn, !hasCarriageReturn {
                hasCarriageReturn = true
                warnings.add(
                    "the line ends in a carriage return, which cron takes for a part of the command; save the file with the line "
                        + "ends of Linux",
                    line: line
                )
            }
        }
    }

    private mutating func set(_ name: ArraySlice<UInt8>, to value: ArraySlice<UInt8>) throws(CrontabFault) {
        guard let name = try? String(copying: UTF8Span(validating: Array(name).span)),
            let value = try? String(copying: UTF8Span(validating: Array(value).span))
        else { throw CrontabFault("the variable is not UTF-8; save the file in that encoding") }
        if let index = indices[name] {
            variables[index].value = value
        } else {
            guard variables.count < Crontab.variableLimit else {
                throw CrontabFault("expected at most \(Crontab.variableLimit) variables; set the others in a script")
            }
            indices[name] = variables.count
            variables.append(CrontabEntry.Variable(name: name, value: value))
        }
        if name == "MAILTO" || name == "MAILFROM", !CrontabMail.isSafe(value) {
            let meaning = name == "MAILTO" ? "nobody gets a mail" : "cron's own sender is taken"
            warnings.add(
                "\(name): \(meaning), since \(Quotation(value)) holds other characters than cron allows; expected \(CrontabMail.rule)",
                line: line
            )
        }
        if name == "CRON_TZ" {
            warnings.add(
                "CRON_TZ: the lines below go by the clocks of \(Quotation(value)); Debian's cron does not know the variable and goes by "
                    + "the machine's own",
                line: line
            )
        }
    }

    private mutating func add(_ parts: CrontabEntryReader.Parts, comment: [ArraySlice<UInt8>]) {
        lineCounts.entries += 1
        entries.append(
            CrontabEntry(
                line: line,
                timeText: parts.timeText,
                time: parts.time,
                user: parts.user,
                command: parts.command,
                standardInput: parts.standardInput,
                variables: variables,
                comment: Self.text(of: comment)
            )
        )
        for warning in parts.warnings { warnings.add(warning, line: line) }
    }

    /// Comment lines without `#` and without the blanks around them; nil where nothing is left.
    private static func text(of comment: [ArraySlice<UInt8>]) -> String? {
        let lines = comment.compactMap { line -> String? in
            let text = line.drop { $0 == UInt8(ascii: "#") || CrontabByte.isSpace($0) }
            guard let last = text.lastIndex(where: { !CrontabByte.isSpace($0) }) else { return nil }
            return String(decoding: text[...last], as: UTF8.self)
        }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }
}
