/// Why text is not a POSIX TZ string that can be used, and where.
public struct POSIXTZError: Error, Equatable, Sendable {
    /// What is wrong.
    public enum Reason: Equatable, Sendable {
        /// Something else was expected here, `a sign or a digit`.
        case expected(String)
        /// A number out of its range.
        case outOfRange(what: String, expected: String)
        /// A daylight saving time with no rule that says when it begins and ends.
        case noRule
    }

    /// What is wrong.
    public let reason: Reason

    /// Where, in bytes from the start of the text.
    public let byteOffset: Int

    /// An error of this kind at this place.
    public init(reason: Reason, byteOffset: Int) {
        self.reason = reason
        self.byteOffset = byteOffset
    }
}

extension POSIXTZError: CustomStringConvertible {
    /// One sentence without a full stop: what was expected, and at which byte.
    public var description: String {
        switch reason {
        case .expected(let what): "expected \(what) at byte \(byteOffset)"
        case .outOfRange(let what, let expected):
            "the \(what) at byte \(byteOffset) is out of range; expected \(expected)"
        case .noRule: "it names a daylight saving time, but not when that begins and ends (byte \(byteOffset))"
        }
    }
}
