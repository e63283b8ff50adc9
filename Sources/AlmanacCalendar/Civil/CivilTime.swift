/// A time of day, with no date and no zone.
public struct CivilTime: Hashable, Sendable {
    /// The hour, 0 to 23.
    public let hour: Int

    /// The minute, 0 to 59.
    public let minute: Int

    /// The second, 0 to 59.
    public let second: Int

    /// 00:00:00.
    public static let midnight = CivilTime(secondsSinceMidnight: 0)

    /// A time of day; nil where a number is out of its range.
    public init?(hour: Int, minute: Int, second: Int = 0) {
        guard (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second) else { return nil }
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    /// Reads `02:30:00`; nil for any other text.
    public init?(_ text: some StringProtocol) {
        var scanner = DigitScanner(text)
        guard let time = scanner.time(), scanner.isAtEnd else { return nil }
        self = time
    }

    /// The time this many seconds after midnight, 0 to 86,399.
    init(secondsSinceMidnight seconds: Int) {
        hour = seconds / 3600
        minute = seconds / 60 % 60
        second = seconds % 60
    }

    /// Seconds since midnight, 0 to 86,399.
    public var secondsSinceMidnight: Int { hour * 3600 + minute * 60 + second }
}

extension CivilTime: Comparable {
    public static func < (left: CivilTime, right: CivilTime) -> Bool {
        left.secondsSinceMidnight < right.secondsSinceMidnight
    }
}

extension CivilTime: CustomStringConvertible {
    /// `02:30:00`.
    public var description: String {
        var writer = DigitWriter()
        write(to: &writer)
        return writer.text
    }

    func write(to writer: inout DigitWriter) {
        writer.write(hour.magnitude, width: 2)
        writer.write(":")
        writer.write(minute.magnitude, width: 2)
        writer.write(":")
        writer.write(second.magnitude, width: 2)
    }
}
