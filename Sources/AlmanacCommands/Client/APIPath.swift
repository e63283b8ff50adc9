/// The path and query of a request to the API.
struct APIPath: Equatable, CustomStringConvertible {
    /// Ready to be sent: every part that could be anything else is percent-encoded.
    private(set) var description: String
    private var hasQuery = false

    /// A path below `/api`; each segment is one, whatever its characters.
    init(_ segments: String...) {
        description = "/api" + segments.map { "/\(Self.encoded($0))" }.joined()
    }

    /// The same with one more query parameter; without a value, as it is.
    func query(_ name: String, _ value: (some CustomStringConvertible)?) -> APIPath {
        guard let value else { return self }
        var result = self
        result.description += "\(hasQuery ? "&" : "?")\(name)=\(Self.encoded(value.description))"
        result.hasQuery = true
        return result
    }

    static func runs(_ segments: String...) -> APIPath {
        segments.reduce(APIPath("runs")) { $0.appending($1) }
    }

    /// A path below the runs of a task.
    static func runs(of task: String, _ segments: String...) -> APIPath {
        segments.reduce(APIPath("tasks", task, "runs")) { $0.appending($1) }
    }

    private func appending(_ segment: String) -> APIPath {
        precondition(!hasQuery, "a path goes before its query")
        var result = self
        result.description += "/\(Self.encoded(segment))"
        return result
    }

    /// Every byte but RFC 3986's unreserved ones percent-encoded; a text of one dot or two is too, for it would be no segment.
    static func encoded(_ text: String) -> String {
        var result: [UInt8] = []
        let isDots = text == "." || text == ".."
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "~"):
                result.append(byte)
            case UInt8(ascii: ".") where !isDots:
                result.append(byte)
            default:
                let digits = Array("0123456789ABCDEF".utf8)
                result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
