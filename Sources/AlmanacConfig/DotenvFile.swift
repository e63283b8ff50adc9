/// The variables of a dotenv file: `KEY=VALUE` lines, taken as they stand.
///
/// Blank lines and those that begin with `#` mean nothing. `export ` may stand before a name, and blanks around name
/// and value. A value in single or double quotes is what stands between them; without quotes it ends at a `#` that
/// follows a blank. There are no escapes, no expansion, and no values of several lines. Of a variable that is there
/// twice the later counts.
struct DotenvFile {
    /// What is wrong with a line; the message shows nothing of it, since it may be a secret.
    struct Fault: Hashable {
        /// From 1.
        let line: Int
        let message: String
    }

    private(set) var variables: [String: String] = [:]
    /// In the order of the lines; no more than `maximumFaults`.
    private(set) var faults: [Fault] = []

    static let maximumFaults = 20

    init(_ bytes: [UInt8]) {
        var rest = bytes[...]
        if bytes.starts(with: TOMLScanner.byteOrderMark) { rest = rest.dropFirst(TOMLScanner.byteOrderMark.count) }
        var number = 0
        for line in rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            do throws(LineFault) {
                guard let (name, value) = try Self.variable(in: Self.trimmed(line)) else { continue }
                variables[name] = value
            } catch {
                faults.append(Fault(line: number, message: error.message))
                if faults.count == Self.maximumFaults { return }
            }
        }
    }

    private struct LineFault: Error {
        let message: String
    }

    /// The variable of a line; nil for one that has none.
    private static func variable(in line: ArraySlice<UInt8>) throws(LineFault) -> (name: String, value: String)? {
        guard let first = line.first, first != UInt8(ascii: "#") else { return nil }
        guard !line.contains(0) else { throw LineFault(message: "it holds a NUL character") }
        guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else {
            throw LineFault(message: #"expected NAME=VALUE, found no "=""#)
        }
        var name = trimmed(line[..<equals])
        if name.starts(with: "export".utf8), let blank = name.dropFirst(6).first, isBlank(blank) {
            name = trimmed(name.dropFirst(6))
        }
        guard VariableName.isValid(name) else {
            throw LineFault(message: "the name before \"=\" is not that of a variable; expected \(VariableName.rule)")
        }
        let value = try value(of: trimmed(line[(equals + 1)...]))
        guard value.count <= VariableName.longestValue else {
            throw LineFault(message: VariableName.tooLong(value.count))
        }
        guard let text = try? String(copying: UTF8Span(validating: Array(value).span)) else {
            throw LineFault(message: "the value is not UTF-8")
        }
        return (String(decoding: name, as: UTF8.self), text)
    }

    private static func value(of text: ArraySlice<UInt8>) throws(LineFault) -> ArraySlice<UInt8> {
        if let quote = text.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            let content = text.dropFirst()
            guard let end = content.firstIndex(of: quote) else {
                throw LineFault(message: "the quotes that the value begins with do not end on its line")
            }
            let rest = trimmed(content[(end + 1)...])
            guard rest.isEmpty || rest.first == UInt8(ascii: "#") else {
                throw LineFault(message: "there is text behind the quotes that end the value")
            }
            return content[..<end]
        }
        // A comment stands behind a blank, or in the value's place.
        let comment = text.indices.first { index in
            text[index] == UInt8(ascii: "#") && (index == text.startIndex || isBlank(text[index - 1]))
        }
        return trimmed(text[..<(comment ?? text.endIndex)])
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes.drop(while: isBlank)
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        return bytes
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }
}

/// The names and values of environment variables.
enum VariableName {
    /// The longest value, in bytes.
    static let longestValue = 32 << 10
    /// How many variables a task may be given.
    static let maximumCount = 256

    static let rule = #"letters, digits and "_", the first of them no digit"#

    /// Whether it is `^[A-Za-z_][A-Za-z0-9_]*$`.
    static func isValid(_ name: some Sequence<UInt8>) -> Bool {
        var isFirst = true
        for byte in name {
            let isDigit = TOMLScalar.isDigit(byte)
            let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
            guard isLetter || (isDigit && !isFirst) else { return false }
            isFirst = false
        }
        return !isFirst
    }

    static func tooLong(_ count: Int) -> String {
        "the value is \(count) bytes long; expected at most \(longestValue)"
    }
}
