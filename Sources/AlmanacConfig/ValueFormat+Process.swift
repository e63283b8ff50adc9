/// What a command's process is told: its files, its variables, its signals.
extension ValueFormat<String> {
    /// The value of an environment variable.
    static var variable: Self {
        Self { (value) throws(ValueFault) in
            guard case .string(let text) = value.content else {
                throw value.mismatch("a string", advice: value.adviceToQuote)
            }
            guard text.utf8.count <= VariableName.longestValue else {
                throw ValueFault(VariableName.tooLong(text.utf8.count), at: value.offset)
            }
            return text
        }
    }

    /// The path of a file, which relative to the configuration's folder may be.
    static var path: Self {
        string("a path") { !$0.isEmpty }
    }

    /// The path of a shell.
    static var shell: Self {
        string(#"the absolute path of a shell such as "/bin/bash""#) { $0.hasPrefix("/") }
    }

    /// `USER` or `USER:GROUP`, names or numbers; empty for the daemon's own.
    static var user: Self {
        string(#"a user such as "www-data", "www-data:adm" or "1000:1000""#) { text in
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            return text.isEmpty || (parts.count <= 2 && parts.allSatisfy { !$0.isEmpty })
        }
    }

    /// A number, a boolean or a string, as the text that a command gets of it.
    static var scalar: Self {
        Self { (value) throws(ValueFault) in
            switch value.content {
            case .string(let text): return text
            case .integer(let number): return String(number)
            case .float(let number) where number.isFinite: return "\(number)"
            case .boolean(let value): return value ? "true" : "false"
            case .float, .date, .array, .table: throw value.mismatch("a string, a number or a boolean")
            }
        }
    }
}

extension ValueFormat<UInt32?> {
    /// A file mode creation mask of three octal digits or four; nil for an empty string, the daemon's own.
    static var umask: Self {
        Self { (value) throws(ValueFault) in
            if case .string(let text) = value.content {
                if text.isEmpty { return nil }
                let isOctal = (3...4).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x37).contains($0) }
                if isOctal, let mask = UInt32(text, radix: 8), mask <= 0o777 { return mask }
            }
            throw value.mismatch(#"three octal digits such as "027""#, advice: value.adviceToQuote)
        }
    }
}

extension ValueFormat<Int32> {
    /// The signals that may ask a command to end, by their numbers on Linux.
    private static let stopSignals: [(name: String, number: Int32)] = [
        ("SIGTERM", 15), ("SIGINT", 2), ("SIGQUIT", 3), ("SIGHUP", 1), ("SIGKILL", 9), ("SIGUSR1", 10), ("SIGUSR2", 12),
    ]

    /// The name of a signal, with or without `SIG`.
    static var stopSignal: Self {
        let names = stopSignals.map(\.name)
        return Self { (value) throws(ValueFault) in
            var advice = value.suggestion(among: names + names.map { String($0.dropFirst(3)) })
            switch value.content {
            case .string(let text):
                if let signal = stopSignals.first(where: { $0.name == text || $0.name == "SIG" + text }) {
                    return signal.number
                }
            case .integer(let number):
                advice = stopSignals.first { $0.number == number }.map { #"write "\#($0.name)""# }
            default: break
            }
            throw value.mismatch(Choice.list(names), advice: advice)
        }
    }
}

extension ValueFormat<Int64> {
    /// A number of bytes above zero.
    static var size: Self { size(orZero: false) }

    static var sizeOrZero: Self { size(orZero: true) }

    private static func size(orZero: Bool) -> Self {
        let expectation = #"a size such as "100MB" or "1.5GiB""#
        return Self { (value) throws(ValueFault) in
            switch value.content {
            case .string(let text):
                do throws(SizeText.Fault) {
                    let size = try SizeText.bytes(from: text)
                    if size > 0 || orZero { return size }
                } catch {
                    throw value.mismatch(expectation, advice: error.advice)
                }
                throw value.mismatch("a size above zero")
            case .integer(0) where orZero: return 0
            case .integer(let number) where number > 0:
                throw value.mismatch(expectation, advice: #"write "\#(number)b" if bytes are meant"#)
            default: throw value.mismatch(expectation)
            }
        }
    }
}
