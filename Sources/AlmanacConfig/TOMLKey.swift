/// How TOML writes keys.
enum TOMLKey {
    /// Whether a key may hold a byte without quotes.
    static func isBare(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// A path as a message shows it, `tasks."my task"`: with quotes around the keys that need them.
    static func text(of path: [String]) -> String {
        path.map { key in
            !key.isEmpty && key.utf8.allSatisfy(isBare) ? key : Quotation(key).description
        }
        .joined(separator: ".")
    }
}
