package import AlmanacCalendar
import Synchronization

/// The zone files of a machine: finds, reads and caches them, and notices when they change.
///
/// Files are read when their zone is first asked for. Whoever asks for a zone gets the same shared, immutable rules. Calls may come
/// from any thread; they block on file access alone.
package final class ZoneinfoDatabase: Sendable {
    /// The folder of the zone files.
    package let directory: String

    private struct Entry {
        var rules: ZoneRules
        var identity: ZoneFile.Identity
        /// What is wrong with the file as it is now, while the rules are those of its last good state.
        var fault: ZoneinfoError?
    }

    private let cache = Mutex<[ZoneID: Entry]>([:])

    /// The zone files under a folder; by default the one that the variable TZDIR names, else `/usr/share/zoneinfo`.
    package init(directory: String? = nil) {
        let configured = directory ?? environmentVariable("TZDIR").flatMap { $0.isEmpty ? nil : $0 }
        self.directory = configured ?? "/usr/share/zoneinfo"
    }

    /// The rules of a zone, read at the first call and shared from then on.
    ///
    /// `UTC` is answered without a file. Throws for names that are absolute or hold `..`, for `right/` zones, for missing files, and for
    /// files that are not zone data.
    package func rules(for id: ZoneID) throws(ZoneinfoError) -> ZoneRules {
        if id == .utc { return .utc }
        if let fault = Self.faultInName(id.name) { throw ZoneinfoError(zone: id, path: nil, reason: .badName(fault)) }
        return try cachedRules(for: id)
    }

    /// The rules of a file anywhere, under its absolute path as the zone's name; read and shared as those of the others.
    package func rules(ofFileAt path: String) throws(ZoneinfoError) -> ZoneRules {
        try cachedRules(for: ZoneID(path))
    }

    /// The folder in which the file of a zone lies that has been asked for; nil for one that has no file.
    package func folder(ofFileOf id: ZoneID) -> String? {
        guard cache.withLock({ $0[id] != nil }) else { return nil }
        let path = path(of: id)
        return path.lastIndex(of: "/").map { String(path[..<$0]) }
    }

    private func cachedRules(for id: ZoneID) throws(ZoneinfoError) -> ZoneRules {
        if let known = cache.withLock({ $0[id]?.rules }) { return known }
        let read = try read(id)
        return cache.withLock { entries in
            // Another thread may have been faster: its rules are the shared ones.
            if let known = entries[id] { return known.rules }
            entries[id] = read
            return read.rules
        }
    }

    /// Looks whether the files of the cached zones have changed, and reads those again that have.
    ///
    /// Answers the zones whose rules are different now, sorted. A zone whose file has gone or become unusable keeps its rules; the
    /// reason stands in ``faults`` until the file is good again.
    package func reloadIfChanged() -> [ZoneID] {
        let known = cache.withLock { entries in entries.mapValues { (identity: $0.identity, isFaulty: $0.fault != nil) }
        }
        var changed: [ZoneID] = []
        for (id, entry) in known {
            guard entry.isFaulty || ZoneFile.identity(ofFileAt: path(of: id)) != entry.identity else { continue }
            let result: Result<Entry, ZoneinfoError>
            do {
                result = .success(try read(id))
            } catch {
                result = .failure(error)
            }
            let isDifferent = cache.withLock { entries in
                switch result {
                case .success(let entry):
                    let previous = entries.updateValue(entry, forKey: id)
                    return previous?.rules != entry.rules
                case .failure(let error):
                    entries[id]?.fault = error
                    return false
                }
            }
            if isDifferent { changed.append(id) }
        }
        return changed.sorted()
    }

    /// What is wrong with the files of cached zones, as of the last ``reloadIfChanged()``; sorted by zone.
    package var faults: [ZoneinfoError] {
        cache.withLock { entries in entries.values.compactMap(\.fault) }.sorted { $0.zone < $1.zone }
    }

    /// The release of the database, `2025b`; nil where the folder does not say.
    ///
    /// It is read from the first line of `tzdata.zi`, else from `+VERSION`.
    package var version: String? {
        let compiled = Self.firstLine(ofFileAt: directory + "/tzdata.zi", sizeLimit: 256)
        let prefix = "# version "
        if let compiled, compiled.hasPrefix(prefix) {
            return String(compiled.dropFirst(prefix.count))
        }
        let plain = Self.firstLine(ofFileAt: directory + "/+VERSION", sizeLimit: 256)
        return plain.flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func firstLine(ofFileAt path: String, sizeLimit: Int) -> String? {
        guard let file = try? ZoneFile.read(path) else { return nil }
        let line = file.bytes.prefix(sizeLimit).prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        return String(decoding: line, as: UTF8.self)
    }

    // MARK: Files

    private func path(of id: ZoneID) -> String {
        id.name.hasPrefix("/") ? id.name : directory + "/" + id.name
    }

    private func read(_ id: ZoneID) throws(ZoneinfoError) -> Entry {
        let path = path(of: id)
        let file: ZoneFile
        do {
            file = try ZoneFile.read(path)
        } catch {
            throw ZoneinfoError(zone: id, path: path, reason: error)
        }
        do {
            return Entry(rules: try ZoneRules(id: id, tzif: file.bytes), identity: file.identity, fault: nil)
        } catch {
            throw ZoneinfoError(zone: id, path: path, reason: .malformed(error))
        }
    }

    /// Why a name cannot be a zone's, as the end of a sentence; nil where it can.
    private static func faultInName(_ name: String) -> String? {
        if name.isEmpty { return "it is empty" }
        if name.utf8.first == UInt8(ascii: "/") { return "it is an absolute path; write it as in Europe/Berlin" }
        if name.utf8.count > 255 { return "it is longer than 255 bytes" }
        if name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return "it holds a control character" }
        if name.contains("..") { return "it holds \"..\"" }
        if name.hasPrefix("right/") { return "zones below right/ count leap seconds; leave \"right/\" out" }
        return nil
    }
}
