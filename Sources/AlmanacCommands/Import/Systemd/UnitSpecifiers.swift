/// The specifiers of a unit's settings, such as `%i` (systemd.unit(5), "Specifiers"), as far as they are the same on every machine.
struct UnitSpecifiers {
    let unit: UnitName

    /// A text with its specifiers replaced.
    ///
    /// - Returns: also those that stay as they are, for what they stand for is not known.
    func expanded(_ text: String) -> (text: String, unknown: [String]) {
        var result = ""
        var unknown: [String] = []
        var rest = text[...]
        while let percent = rest.firstIndex(of: "%") {
            result += rest[..<percent]
            rest = rest[percent...].dropFirst()
            guard let letter = rest.popFirst() else {
                result += "%"
                break
            }
            if let value = value(of: letter) {
                result += value
            } else {
                result += "%\(letter)"
                unknown.append("%\(letter)")
            }
        }
        return (result + rest, unknown)
    }

    /// What a letter stands for; nil for what hangs on the machine or the boot.
    private func value(of letter: Character) -> String? {
        switch letter {
        case "%": "%"
        case "n": unit.text
        case "N": unit.stem
        case "p": unit.prefix
        case "P": Self.unescaped(unit.prefix)
        case "i": unit.instance ?? ""
        case "I": Self.unescaped(unit.instance ?? "")
        case "j": unit.prefix.split(separator: "-").last.map(String.init) ?? ""
        case "J": Self.unescaped(unit.prefix.split(separator: "-").last.map(String.init) ?? "")
        case "f": "/" + Self.unescaped(unit.instance ?? unit.prefix)
        // The manager's own, which is root.
        case "u", "g": "root"
        case "U", "G": "0"
        case "h": "/root"
        case "t": "/run"
        case "S": "/var/lib"
        case "C": "/var/cache"
        case "L": "/var/log"
        case "E": "/etc"
        case "T": "/tmp"
        case "V": "/var/tmp"
        default: nil
        }
    }

    /// A name as `systemd-escape --unescape` has it: `-` is a slash, `\x2d` a byte.
    static func unescaped(_ name: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(name.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "-") {
                bytes.append(UInt8(ascii: "/"))
            } else if byte == UInt8(ascii: "\\"), rest.count >= 3, rest.first == UInt8(ascii: "x"),
                let value = UInt8(String(decoding: rest.dropFirst().prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
