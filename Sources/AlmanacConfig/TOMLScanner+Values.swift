/// Values: strings, arrays, inline tables, and the rest as tokens.
extension TOMLScanner {
    /// Reads the value that begins here.
    mutating func scanValue(of node: TOMLOutline.NodeID) throws(TOMLOutline.Stop) {
        switch current {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            if startsMultilineString {
                try scanMultilineString()
            } else {
                let string = try scanOneLineString()
                if !string.hasEscapes { outline[node].plainText = string.content }
            }
        case UInt8(ascii: "["): try scanArray(of: node)
        case UInt8(ascii: "{"): try scanInlineTable(of: node)
        default: try scanScalar(of: node)
        }
    }

    private mutating func scanArray(of node: TOMLOutline.NodeID) throws(TOMLOutline.Stop) {
        index += 1
        try skipBlankLines()
        while !skip("]") {
            let element = try outline.addElement(to: node, .value, at: index)
            try scanValue(of: element)
            try skipBlankLines()
            if skip(",") {
                try skipBlankLines()
            } else if current != UInt8(ascii: "]") {
                throw unexpected("\",\" or \"]\"")
            }
        }
    }

    /// Reads an inline table, which has no line ends but within its values, and no comma at its end.
    private mutating func scanInlineTable(of node: TOMLOutline.NodeID) throws(TOMLOutline.Stop) {
        index += 1
        skipBlanks()
        if skip("}") { return }
        repeat {
            try scanKeyValue(into: node)
            skipBlanks()
        } while skip(",")
        guard skip("}") else { throw unexpected("\",\" or \"}\" on the same line") }
    }

    // MARK: Scalars

    /// Passes over a number, a boolean, a date or a time.
    private mutating func scanScalar(of node: TOMLOutline.NodeID) throws(TOMLOutline.Stop) {
        let start = index
        skipToken()
        guard index > start else { throw unexpected("a value") }
        // A blank may stand between a date and a time.
        if index - start == 10, bytes[start + 4] == UInt8(ascii: "-"), current == UInt8(ascii: " "),
            index + 1 < bytes.count, TOMLScalar.isDigit(bytes[index + 1])
        {
            index += 1
            skipToken()
        }
        let token = bytes[start..<index]
        guard TOMLScalar.isWellFormed(token) else {
            let subject = outline.isSecret(node) ? "this" : "\(Quotation(text(token)))"
            throw .malformed(offset: start, message: "\(subject) is not a value; text stands in quotes")
        }
    }

    /// Passes over what stands before the next blank, comma, bracket or comment.
    private mutating func skipToken() {
        while let byte = current, !isTerminator(byte) { index += 1 }
    }

    private func isTerminator(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"), UInt8(ascii: "#"),
            UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"):
            true
        default: false
        }
    }

    // MARK: Strings

    /// A string that ends in the line where it begins.
    struct OneLineString {
        /// The bytes between its quotes.
        let content: Range<Int>
        let hasEscapes: Bool
    }

    /// Whether three quotes of one kind stand here.
    private var startsMultilineString: Bool {
        index + 2 < bytes.count && bytes[index + 1] == bytes[index] && bytes[index + 2] == bytes[index]
    }

    mutating func scanOneLineString() throws(TOMLOutline.Stop) -> OneLineString {
        let start = index
        let quote = bytes[index]
        var hasEscapes = false
        index += 1
        while let byte = current, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") {
            if byte == quote {
                index += 1
                return OneLineString(content: start + 1..<index - 1, hasEscapes: hasEscapes)
            }
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                hasEscapes = true
                try skipEscape()
            } else {
                index += 1
            }
        }
        throw .malformed(offset: start, message: "the string that begins here does not end on its line")
    }

    /// Passes over a string in three quotes, whose last ones may be preceded by up to two that belong to it.
    private mutating func scanMultilineString() throws(TOMLOutline.Stop) {
        let start = index
        let quote = bytes[index]
        index += 3
        while let byte = current {
            if byte == quote {
                var count = 0
                while count < 5, skip(quote) { count += 1 }
                if count >= 3 { return }
            } else if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                try skipEscape()
            } else {
                index += 1
            }
        }
        throw .malformed(offset: start, message: "the string that begins here does not end")
    }

    /// Passes over a backslash and what it escapes.
    private mutating func skipEscape() throws(TOMLOutline.Stop) {
        let start = index
        index += 1
        guard let letter = current else { throw unexpected("an escape sequence") }
        index += 1
        let length =
            switch letter {
            case UInt8(ascii: "u"): 4
            case UInt8(ascii: "U"): 8
            default: 0
            }
        if length > 0, index + length <= bytes.count,
            bytes[index..<index + length].allSatisfy({ $0 == UInt8(ascii: "0") })
        {
            throw .nul(offset: start)
        }
    }
}
