import AlmanacAPI

/// What Foundation lets pass in a text that is JSON otherwise: its decoder skips a comma before a closing bracket, and of
/// equal names in an object it heeds the first, where other programs heed the last. RFC 8259 4.
enum JSONFlaw: Hashable {
    case trailingComma
    /// The place of an object's member of which there is another: `params.region`, `ids[0].x`.
    case repeatedName(String)

    /// The first flaw of a text that could be decoded; nil where there is none.
    init?(in text: some Sequence<UInt8>) {
        var scanner = Scanner()
        for byte in text {
            if let flaw = scanner.take(byte) {
                self = flaw
                return
            }
        }
        return nil
    }
}

extension JSONFlaw {
    /// Goes through a text byte by byte.
    private struct Scanner {
        /// An object or an array that is open.
        private struct Level {
            let isObject: Bool
            var names: Set<String> = []
            /// The name of the member, or the place of the element, that it is at.
            var name = ""
            var index = 0
        }

        private var levels: [Level] = []
        /// The last byte outside strings that is no blank; a string's own is its quotation mark.
        private var last: UInt8 = 0
        private var isInString = false
        private var isEscaped = false
        /// The name that is being read, as it is written; nil within other strings.
        private var name: [UInt8]?

        mutating func take(_ byte: UInt8) -> JSONFlaw? {
            if isInString { return takeInString(byte) }
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                return nil
            case UInt8(ascii: "\""):
                isInString = true
                let mayBeName = last == UInt8(ascii: "{") || last == UInt8(ascii: ",")
                name = mayBeName && levels.last?.isObject == true ? [] : nil
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                levels.append(Level(isObject: byte == UInt8(ascii: "{")))
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if last == UInt8(ascii: ",") { return .trailingComma }
                _ = levels.popLast()
            case UInt8(ascii: ","):
                if let top = levels.indices.last { levels[top].index += 1 }
            default: break
            }
            last = byte
            return nil
        }

        private mutating func takeInString(_ byte: UInt8) -> JSONFlaw? {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInString = false
                last = byte
                return name.flatMap { end(ofName: $0) }
            }
            name?.append(byte)
            return nil
        }

        private mutating func end(ofName written: [UInt8]) -> JSONFlaw? {
            let quoted = [UInt8(ascii: "\"")] + written + [UInt8(ascii: "\"")]
            // The decoder has read it before.
            let name = (try? WireCoding.decode(String.self, from: quoted)) ?? String(decoding: written, as: UTF8.self)
            let top = levels.count - 1
            levels[top].name = name
            return levels[top].names.insert(name).inserted ? nil : .repeatedName(place)
        }

        private var place: String {
            var place = ""
            for level in levels {
                if level.isObject {
                    place += place.isEmpty ? level.name : ".\(level.name)"
                } else {
                    place += "[\(level.index)]"
                }
            }
            return place
        }
    }
}
