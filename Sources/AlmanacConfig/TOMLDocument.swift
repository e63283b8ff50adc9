import TOMLKit

/// A TOML text as TOMLKit understands it, beside the places of its keys.
struct TOMLDocument {
    let bytes: [UInt8]
    let root: TOMLTable
    let outline: TOMLOutline
}

extension TOMLDocument {
    /// Parses a text.
    ///
    /// - Throws: the one fault that keeps it from being read at all: a NUL, in the text or as an escape; keys
    ///   nested too deep; a second definition; or the first place that is not TOML.
    init(text: String, path: String) throws(ConfigurationFaults) {
        bytes = Array(text.utf8)
        let faults = FaultCollector()
        // TOMLKit reads C strings, which end at a NUL.
        if let nul = bytes.firstIndex(of: 0) {
            faults.report("the text holds a NUL character; remove it", at: nul)
            throw faults.refusal(path: path, bytes: bytes)
        }
        outline = TOMLScanner.outline(of: bytes)
        if let stop = outline.stop {
            Self.report(stop, of: outline, bytes: bytes, to: faults)
            throw faults.refusal(path: path, bytes: bytes)
        }
        do {
            root = try TOMLTable(string: text)
        } catch {
            throw ConfigurationFaults([Self.fault(for: error, path: path, outline: outline, bytes: bytes)])
        }
    }

    /// Frees the values: TOMLKit itself never does.
    func discard() {
        root.clear()
    }

    private static func report(
        _ stop: TOMLOutline.Stop,
        of outline: TOMLOutline,
        bytes: [UInt8],
        to faults: FaultCollector
    ) {
        switch stop {
        case .malformed(let offset, let message):
            faults.report("not valid TOML: \(message)", at: offset)
        case .redefined(let offset, let first):
            var cursor = TextCursor(bytes)
            cursor.advance(to: outline[first].offset)
            let name = TOMLKey.text(of: outline.path(to: first))
            faults.report("\(name) is defined a second time; it stands on line \(cursor.line) already", at: offset)
        case .tooDeep(let offset):
            faults.report("nested too deep; expected at most \(TOMLOutline.maximumDepth) levels", at: offset)
        case .nul(let offset):
            faults.report("this escape stands for NUL, which no value can hold; remove it", at: offset)
        }
    }

    /// The fault of a text whose structure is that of TOML: a number, a date, an escape, a control character.
    private static func fault(
        for error: any Error,
        path: String,
        outline: TOMLOutline,
        bytes: [UInt8]
    ) -> ConfigurationFault {
        guard let error = error as? TOMLParseError else {
            return ConfigurationFault(path: path, message: "not valid TOML: \(error)")
        }
        // "Error while parsing string: unknown escape sequence '\q'"
        let description = error.description
        var reason = String(description.firstRange(of: ": ").map { description[$0.upperBound...] } ?? description[...])
        if isSecret(atLine: error.source.begin.line, of: outline, bytes: bytes) { reason = "this is not a value" }
        return ConfigurationFault(
            path: path,
            line: error.source.begin.line,
            column: error.source.begin.column,
            message: "not valid TOML: \(reason)"
        )
    }

    /// Whether a line may hold a part of a secret: one begins on it, or the last value before it is one.
    private static func isSecret(atLine line: Int, of outline: TOMLOutline, bytes: [UInt8]) -> Bool {
        var cursor = TextCursor(bytes)
        var isSecret = false
        for id in outline.nodes.indices.sorted(by: { outline[$0].valueOffset < outline[$1].valueOffset }) {
            cursor.advance(to: outline[id].valueOffset)
            if cursor.line > line { break }
            isSecret = outline.isSecret(id) || (isSecret && cursor.line == line)
        }
        return isSecret
    }
}
