package import AlmanacCalendar
import Glibc

/// Where the machine's zone was found.
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

/// The zone that the machine's clocks show.
package struct SystemZone: Sendable {
    package let rules: ZoneRules
    package let source: SystemZoneSource
    /// Why TZ is of no use, one sentence without a full stop. It is UTC then, as POSIX and the C library have it.
    package let warning: String?
}

extension ZoneinfoDatabase {
    /// The machine's zone: TZ if it is set, else what `/etc/localtime` links to, else `/etc/timezone`, else UTC.
    ///
    /// TZ is what it is to the C library, POSIX.1-2024, 8.3: the name of a zone, the absolute path of a zone file, or a string such
    /// as `CET-1CEST,M3.5.0,M10.5.0/3`; all of them with or without a leading colon. An empty one means UTC, and so does one that is
    /// none of these, with a warning.
    ///
    /// Throws where the machine has a zone without usable data. `/etc` is looked up below `root`.
    package func systemZone(environment: [String: String], root: String = "/") throws(ZoneinfoError) -> SystemZone {
        guard let value = environment["TZ"] else {
            let (name, source) = Self.configuredZone(root: root)
            return SystemZone(rules: try rules(for: name), source: source, warning: nil)
        }
        let text = value.hasPrefix(":") ? String(value.dropFirst()) : value
        if text.isEmpty { return SystemZone(rules: .utc, source: .environment, warning: nil) }
        let fault: ZoneinfoError
        do {
            return SystemZone(rules: try rules(ofNameOrPath: text), source: .environment, warning: nil)
        } catch {
            fault = error
        }
        do {
            return SystemZone(rules: try Self.rules(ofPOSIX: text), source: .environment, warning: nil)
        } catch {
            let reason =
                switch fault.reason {
                case .notFound where !text.hasPrefix("/"), .badName:
                    "there is no zone of that name, and it is no POSIX TZ string: \(error)"
                default: "\(fault)"
                }
            let warning =
                "the environment variable TZ is \(ZoneinfoError.quoted(value)), and so the zone is UTC, as for the C library: \(reason)"
            return SystemZone(rules: .utc, source: .environment, warning: warning)
        }
    }

    /// The rules of a zone's name or of a zone file's absolute path.
    private func rules(ofNameOrPath text: String) throws(ZoneinfoError) -> ZoneRules {
        let folder = directory + "/"
        let name = text.hasPrefix(folder) ? String(text.dropFirst(folder.count)) : text
        if name.hasPrefix("/") { return try rules(ofFileAt: name) }
        let copies = ["posix/", "right/"].first { name.hasPrefix($0) }
        return try rules(for: ZoneID(String(name.dropFirst(copies?.count ?? 0))))
    }

    /// The rules of a POSIX TZ string, under itself as the zone's name.
    ///
    /// A daylight saving time without rules begins and ends as in the United States, which POSIX leaves open and the C library does.
    private static func rules(ofPOSIX text: String) throws(POSIXTZError) -> ZoneRules {
        let id = ZoneID(text)
        do {
            return try ZoneRules(id: id, posixTZ: text)
        } catch  where error.reason == .noRule {
            return try ZoneRules(id: id, posixTZ: text + ",M3.2.0,M11.1.0")
        }
    }

    /// The name of the zone that the machine is set to, unchecked: what `/etc/localtime` links to, else `/etc/timezone`, else UTC.
    package static func configuredZone(root: String = "/") -> (name: ZoneID, source: SystemZoneSource) {
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
