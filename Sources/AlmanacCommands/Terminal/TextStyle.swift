import Glibc

/// A colour or weight that a terminal gives to text.
enum TextStyle: String {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"
}

/// Whether output may be coloured.
struct Colour: Equatable {
    let isOn: Bool

    static let off = Colour(isOn: false)

    /// On for a terminal that knows colours, unless `NO_COLOR` is set to anything but nothing (no-color.org).
    init(descriptor: Int32, environment: [String: String]) {
        isOn =
            isatty(descriptor) == 1 && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    }

    private init(isOn: Bool) {
        self.isOn = isOn
    }

    /// The text between the escape sequences of its style; the bare text where colour is off.
    func apply(_ style: TextStyle?, to text: String) -> String {
        guard isOn, let style, !text.isEmpty else { return text }
        return "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
    }
}
