package import AlmanacCalendar
import Glibc

/// Where the name of the machine's zone was found.
package enum SystemZoneSource: String, Sendable, CaseIterable {
    /// The variable TZ.
    case environment = "TZ"
    /// What `/etc/localtime` links to.
    case localtime = "/etc/localtime"
    /// The first line of `/etc/timezone`.
    case timezoneFile = "/etc/timezone"
    /// Nowhere: it is UTC.
    case none = "default"
}

extension ZoneinfoDatabase {
    /// The machine's zone: TZ if it is set, else what `/etc/localtime` links to, else `/etc/timezone`, else UTC.
    ///
    /// The name is not checked. A leading colon of TZ is dropped, as is the path of the zone folder; an empty TZ means UTC, as for the C
    /// library. The paths are looked up below `root`.
    package static func systemZone(
        environment: [String: String],
        root: String = "/"
    ) -> (name: ZoneID, source: SystemZoneSource) {
        if let value = environment["TZ"] {
            let name = value.hasPrefix(":") ? String(value.dropFirst()) : value
            return (name.isEmpty ? .utc : ZoneID(nameBelowZoneFolder(name) ?? name), .environment)
        }
        let folder = root.hasSuffix("/") ? root : root + "/"
        if let name = linkedZone(at: folder + "etc/localtime") { return (ZoneID(name), .localtime) }
        if let name = namedZone(inFileAt: folder + "etc/timezone") { return (ZoneID(name), .timezoneFile) }
        return (.utc, .none)
    }

    /// The part of a path after its folder `zoneinfo`, or one such as `zoneinfo-2025b`; nil where there is no such folder.
    private static func nameBelowZoneFolder(_ path: String) -> String? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true)
        guard let index = parts.lastIndex(where: { $0.hasPrefix("zoneinfo") }), index + 1 < parts.count else {
            return nil
        }
        var name = parts[(index + 1)...]
        if name.count > 1, name.first == "posix" || name.first == "right" { name = name.dropFirst() }
        return name.joined(separator: "/")
    }

    /// The zone that a symbolic link leads to, through other links too.
    private static func linkedZone(at path: String) -> String? {
        var path = path
        for _ in 0..<8 {
            guard let target = linkTarget(path) else { return nil }
            if let name = nameBelowZoneFolder(target) { return name }
            if target.hasPrefix("/") {
                path = target
            } else {
                path =
                    path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/"
                    + target
            }
        }
        return nil
    }

    private static func linkTarget(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink(path, &buffer, buffer.count)
        guard count > 0, count < buffer.count else { return nil }
        return String(decoding: buffer[..<count].lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The first line of a file that is neither blank nor a comment, without blanks around it.
    private static func namedZone(inFileAt path: String) -> String? {
        guard let file = try? ZoneFile.read(path) else { return nil }
        for line in file.bytes.split(separator: UInt8(ascii: "\n")) {
            let text = line.prefix { $0 != UInt8(ascii: "#") }
            let words = text.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
            if let name = words.first { return String(decoding: name, as: UTF8.self) }
        }
        return nil
    }
}
