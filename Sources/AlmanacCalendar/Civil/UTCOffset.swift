/// How far a wall clock is ahead of UTC.
///
/// Positive is east of Greenwich, as in ISO 8601. (POSIX TZ strings turn the sign round: `CET-1` is `+01:00`.)
public struct UTCOffset: Hashable, Sendable {
    /// Seconds east of UTC; a zone's are more than -25 hours and less than 26 hours.
    public let seconds: Int32

    /// An offset of this many seconds east of UTC.
    public init(seconds: Int32) {
        self.seconds = seconds
    }

    /// What the clocks of UTC itself show.
    public static let zero = UTCOffset(seconds: 0)

    /// The offsets that zone data may have (RFC 9636, 3.2: realistic ones are in this range).
    static let validSeconds: ClosedRange<Int64> = -89_999...93_599
}

extension UTCOffset: Comparable {
    public static func < (left: UTCOffset, right: UTCOffset) -> Bool { left.seconds < right.seconds }
}

extension UTCOffset: CustomStringConvertible {
    /// `+02:00`, with seconds only where there are some, `+00:53:28`; never `Z`.
    public var description: String {
        let magnitude = UInt(seconds.magnitude)
        let rest = magnitude % 60
        var writer = DigitWriter()
        writer.write(seconds < 0 ? "-" : "+")
        writer.write(magnitude / 3600, width: 2)
        writer.write(":")
        writer.write(magnitude / 60 % 60, width: 2)
        if rest != 0 {
            writer.write(":")
            writer.write(rest, width: 2)
        }
        return writer.text
    }
}
