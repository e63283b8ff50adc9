/// Why bytes are not a zone file that can be used, and where.
public struct TZifError: Error, Equatable, Sendable {
    /// What is wrong.
    public enum Reason: Equatable, Sendable {
        /// The first four bytes are not `TZif`.
        case notTZif
        /// The version byte is none that RFC 9636 defines.
        case unknownVersion(UInt8)
        /// The data end before what the header announces.
        case truncated(missing: String)
        /// A count in the header that cannot be, with the sentence that says why.
        case impossibleCount(String)
        /// The file counts leap seconds, as those in `right/` do.
        case leapSeconds
        /// A transition that is not later than the one before it.
        case unorderedTransition(index: Int)
        /// A transition that is one of more than a thousand within 52 hours, which no zone has.
        case crowdedTransition(index: Int)
        /// A transition to a local time type that the file does not have.
        case unknownType(index: Int, of: Int)
        /// A UTC offset of -25 hours or less, or of 26 hours or more.
        case offsetOutOfRange(seconds: Int32)
        /// A yes-or-no byte that is neither 0 nor 1.
        case notABoolean(UInt8)
        /// An abbreviation that begins outside the table of abbreviations or does not end inside it.
        case abbreviationOutOfRange
        /// An abbreviation with other bytes than printable ASCII.
        case abbreviationNotASCII
        /// A UT indicator without a standard-time indicator.
        case indicatorsDisagree
        /// The footer does not stand between two newlines.
        case footerNotDelimited
        /// The footer is not a POSIX TZ string.
        case footer(POSIXTZError)
        /// There is more after the end.
        case trailingBytes
    }

    /// What is wrong.
    public let reason: Reason

    /// Where, in bytes from the start of the file.
    public let byteOffset: Int

    /// An error of this kind at this place.
    public init(reason: Reason, byteOffset: Int) {
        self.reason = reason
        self.byteOffset = byteOffset
    }
}

extension TZifError: CustomStringConvertible {
    /// One sentence without a full stop: what was expected, what was found, and at which byte.
    public var description: String {
        switch reason {
        case .notTZif: "not a TZif file: it does not begin with \"TZif\""
        case .unknownVersion(let byte):
            "TZif version \(Self.versionName(byte)) at byte \(byteOffset) is unknown; versions 1 to 4 can be read"
        case .truncated(let missing): "the file ends at byte \(byteOffset), inside its \(missing)"
        case .impossibleCount(let sentence): "\(sentence), at byte \(byteOffset)"
        case .leapSeconds:
            "the file counts leap seconds (byte \(byteOffset)), as those in right/ do; use the zone without them"
        case .unorderedTransition(let index):
            "transition \(index) at byte \(byteOffset) is not later than the one before it"
        case .crowdedTransition(let index):
            "transition \(index) at byte \(byteOffset) is one of more than 1000 within 52 hours"
        case .unknownType(let index, let count):
            "local time type \(index) at byte \(byteOffset) does not exist; the file has \(count)"
        case .offsetOutOfRange(let seconds):
            "UTC offset \(seconds) s at byte \(byteOffset) is out of range; expected more than -25 hours and less than 26"
        case .notABoolean(let byte): "expected 0 or 1 at byte \(byteOffset), found \(byte)"
        case .abbreviationOutOfRange:
            "the abbreviation named at byte \(byteOffset) lies outside the file's abbreviations"
        case .abbreviationNotASCII: "the abbreviation named at byte \(byteOffset) is not printable ASCII"
        case .indicatorsDisagree: "the UT indicator at byte \(byteOffset) has no standard-time indicator with it"
        case .footerNotDelimited: "the footer at byte \(byteOffset) does not stand between two newlines"
        case .footer(let error): "the footer at byte \(byteOffset) is no POSIX TZ string: \(error)"
        case .trailingBytes: "there is more after the file's end at byte \(byteOffset)"
        }
    }

    private static func versionName(_ byte: UInt8) -> String {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? "\(byte - UInt8(ascii: "0"))" : "byte \(byte)"
    }
}
