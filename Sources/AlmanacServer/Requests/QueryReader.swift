import AlmanacAPI
import AlmanacCalendar
import AlmanacModel
import Hummingbird

/// Reads a request's query, value by value, and gathers what is wrong with it.
struct QueryReader {
    private var values: [String: String] = [:]
    private(set) var faults = RequestFaults()

    /// - Parameter names: all that the operation knows; any other, and one that comes twice, is a fault.
    init(_ request: Request, names: Set<String>) {
        for pair in (request.uri.query ?? "").split(separator: "&", omittingEmptySubsequences: true) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(parts[0], plusIsSpace: true) else {
                faults.add("query", "a name is not percent-encoded UTF-8", value: .string(String(parts[0])))
                continue
            }
            let location = "query.\(name)"
            let rawValue = parts.count > 1 ? parts[1] : ""
            guard names.contains(name) else {
                faults.add(location, Self.unknown(name, names))
                continue
            }
            guard let value = PercentEncoding.decode(rawValue, plusIsSpace: true) else {
                faults.add(location, "is not percent-encoded UTF-8", value: .string(String(rawValue)))
                continue
            }
            if values.updateValue(value, forKey: name) != nil {
                faults.add(location, "is given more than once", value: .string(value))
            }
        }
    }

    /// Reads the query of the operation that is asked for.
    init(_ request: Request, _ context: APIContext) {
        guard let operation = context.operation else {
            preconditionFailure("a query is read before its operation is known")
        }
        self.init(request, names: Set(operation.query.map(\.name)))
    }

    /// A text; nil where it is absent or empty.
    func text(_ name: String) -> String? {
        values[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A text that may be empty; nil where it is absent.
    func rawText(_ name: String) -> String? { values[name] }

    /// A decimal integer within bounds.
    mutating func integer(_ name: String, in bounds: ClosedRange<Int64>) -> Int64? {
        guard let text = values[name] else { return nil }
        let digits = text.utf8.drop { $0 == UInt8(ascii: "-") }
        let isDecimal = !digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
        guard isDecimal, let value = Int64(text), bounds.contains(value) else {
            let expectation =
                switch (bounds.lowerBound, bounds.upperBound) {
                case (.min, .max): "an integer"
                case (let least, .max): "an integer of \(least) or more"
                case (let least, let most): "an integer from \(least) to \(most)"
                }
            faults.add("query.\(name)", "expected \(expectation)", value: .string(text))
            return nil
        }
        return value
    }

    /// A truth value, in any spelling that Go's ParseBool takes, as RunWisp's clients may send it.
    mutating func boolean(_ name: String) -> Bool? {
        guard let text = values[name] else { return nil }
        switch text {
        case "true", "True", "TRUE", "1", "t", "T": return true
        case "false", "False", "FALSE", "0", "f", "F": return false
        default:
            faults.add("query.\(name)", "expected true or false", value: .string(text))
            return nil
        }
    }

    /// One of a closed set of words; nil where it is absent or empty.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(_ name: String, _ type: Choice.Type) -> Choice?
    where Choice.RawValue == String {
        guard let text = text(name) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        faults.add("query.\(name)", "expected \(Self.oneOf(Choice.allCases.map(\.rawValue)))", value: .string(text))
        return nil
    }

    /// A comma list of phases and end reasons.
    mutating func statuses(_ name: String) -> (phases: Set<RunState.Phase>, endReasons: Set<EndReason>) {
        Self.statuses(text(name) ?? "", at: "query.\(name)", &faults)
    }

    static func statuses(
        _ text: String,
        at location: String,
        _ faults: inout RequestFaults
    ) -> (phases: Set<RunState.Phase>, endReasons: Set<EndReason>) {
        var phases: Set<RunState.Phase> = []
        var endReasons: Set<EndReason> = []
        for word in text.split(separator: ",", omittingEmptySubsequences: true) {
            let word = String(word)
            if let phase = RunState.Phase(rawValue: word) {
                phases.insert(phase)
            } else if let reason = EndReason(rawValue: word) {
                endReasons.insert(reason)
            } else {
                let known = RunState.Phase.allCases.map(\.rawValue) + EndReason.allCases.map(\.rawValue)
                faults.add(location, "expected a list of \(oneOf(known))", value: .string(word))
            }
        }
        return (phases, endReasons)
    }

    /// A text of a bounded length, in characters (Unicode scalars); nil where it is absent or empty.
    mutating func text(_ name: String, upTo limit: Int) -> String? {
        guard let text = text(name) else { return nil }
        if text.unicodeScalars.count <= limit { return text }
        faults.add("query.\(name)", "expected at most \(limit) characters")
        return nil
    }

    mutating func add(_ name: String, _ message: String, value: JSONValue? = nil) {
        faults.add("query.\(name)", message, value: value)
    }

    /// A point in time, RFC 3339 with or without a fraction of a second.
    mutating func time(_ name: String) -> PreciseTimestamp? {
        guard let text = values[name] else { return nil }
        if let time = PreciseTimestamp(rfc3339: text) { return time }
        faults.add("query.\(name)", "expected a time as in 2026-03-29T01:00:00Z", value: .string(text))
        return nil
    }

    /// Adds a fault that is found beside the query.
    mutating func fault(_ location: String, _ message: String, value: String) {
        faults.add(location, message, value: .string(value))
    }

    /// The same in whole seconds, a fraction cut off.
    mutating func wholeTime(_ name: String) -> Timestamp? {
        guard let text = values[name] else { return nil }
        if let time = Timestamp(rfc3339: text) { return time }
        faults.add("query.\(name)", "expected a time as in 2026-03-29T01:00:00Z", value: .string(text))
        return nil
    }

    private static func unknown(_ name: String, _ names: Set<String>) -> String {
        names.isEmpty
            ? "is not known; this operation takes no query"
            : "is not known; expected \(oneOf(names.sorted()))"
    }

    static func oneOf(_ words: [String]) -> String {
        words.count == 1 ? words[0] : "one of " + words.joined(separator: ", ")
    }
}

extension PreciseTimestamp {
    /// Reads RFC 3339 down to the nanosecond; finer digits are cut off. Nil for anything else. What lies outside this type's
    /// range, 1677 to 2262, is its nearest end: nothing has happened there that could be told apart.
    init?(rfc3339 text: String) {
        guard let whole = Timestamp(rfc3339: text) else { return nil }
        let start = PreciseTimestamp(whole)
        guard start.timestamp == whole else {
            self = start
            return
        }
        var nanoseconds: Int64 = 0
        if let point = text.utf8.firstIndex(of: UInt8(ascii: ".")) {
            var unit: Int64 = 100_000_000
            for digit in text.utf8[text.utf8.index(after: point)...] {
                guard (0x30...0x39).contains(digit) else { break }
                nanoseconds += Int64(digit - 0x30) * unit
                unit /= 10
            }
        }
        let (sum, overflow) = start.nanosecondsSinceEpoch.addingReportingOverflow(nanoseconds)
        self.init(nanosecondsSinceEpoch: overflow ? .max : sum)
    }
}
