/// The name of a zone in the IANA database, `Europe/Berlin`; case-sensitive.
///
/// Any text is a name here; whether there is such a zone is for whoever reads its data to say.
public struct ZoneID: Hashable, Sendable {
    /// The name as it was given.
    public let name: String

    /// The zone of this name.
    public init(_ name: String) {
        self.name = name
    }

    /// Coordinated Universal Time, which always exists.
    public static let utc = ZoneID("UTC")
}

extension ZoneID: Comparable {
    public static func < (left: ZoneID, right: ZoneID) -> Bool { left.name < right.name }
}

extension ZoneID: CustomStringConvertible {
    /// The name.
    public var description: String { name }
}
