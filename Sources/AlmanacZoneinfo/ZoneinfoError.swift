package import AlmanacCalendar

/// Why a zone's rules cannot be had.
package struct ZoneinfoError: Error, Equatable, Sendable {
    /// What is wrong.
    package enum Reason: Equatable, Sendable {
        /// The name is none that a zone can have, with the reason.
        case badName(String)
        /// There is no file of this name.
        case notFound
        /// The name stands for something else than a file.
        case notAFile
        /// The file is larger than any zone file, in bytes.
        case tooLarge(limit: Int)
        /// A system call failed.
        case system(call: String, errno: Int32)
        /// The file's bytes are no zone data that can be used.
        case malformed(TZifError)
    }

    /// The zone that was asked for.
    package let zone: ZoneID

    /// The file, where the name led to one.
    package let path: String?

    /// What is wrong.
    package let reason: Reason
}

extension ZoneinfoError: CustomStringConvertible {
    /// One sentence without a full stop that names the zone, the file and what to do.
    package var description: String {
        switch reason {
        case .badName(let why): "\(quotedName) is not a zone's name: \(why)"
        case .notFound:
            "there is no zone \(quotedName): no file \(path ?? "")"
                + "; names are those of the IANA database, such as Europe/Berlin, and their case counts"
        case .notAFile: "\(quotedName) is not a zone: \(path ?? "") is not a regular file"
        case .tooLarge(let limit): "the zone file \(path ?? "") has more than \(limit) bytes"
        case .system(let call, let errno):
            "the zone file \(path ?? "") cannot be read: \(call): \(systemMessage(errno))"
        case .malformed(let error): "the zone file \(path ?? "") cannot be used: \(error)"
        }
    }

    private var quotedName: String { Self.quoted(zone.name) }

    /// A text in quotes, without control characters, and of a bearable length.
    static func quoted(_ text: String) -> String {
        let shown = text.unicodeScalars.prefix(80).map { $0.value < 0x20 || $0.value == 0x7F ? "\u{FFFD}" : $0 }
        return "\"" + String(String.UnicodeScalarView(shown)) + "\""
    }
}
