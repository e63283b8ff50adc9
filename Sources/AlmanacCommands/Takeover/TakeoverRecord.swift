import FoundationEssentials

/// What a takeover has found and changed, kept in the data folder from before its first step on, so that it can be undone after it was
/// killed at any point.
struct TakeoverRecord: Hashable, Codable {
    /// What is known of a unit before anything is done to it.
    struct Unit: Hashable, Codable {
        var name: String
        var wasActive: Bool
        /// `enabled`, `disabled`, `masked`, ...
        var unitFileState: String

        var wasMasked: Bool { unitFileState.hasPrefix("masked") }
    }

    enum State: String, Codable {
        case taking
        case done
        case undoing
    }

    var version = 1
    var state = State.taking
    /// cron's units.
    var units: [Unit]
    var configPath: String
    var configExisted: Bool
    var change: CrontabsKey.Change
    /// Whether the files of the service are the takeover's.
    var installsService: Bool
    var service: Unit
    /// RFC 3339.
    var startedAt: String

    static func path(in dataFolder: String) -> String { "\(dataFolder)/takeover.json" }

    /// - Throws: for a file that is there and cannot be read.
    static func read(in dataFolder: String) throws(CommandFailure) -> TakeoverRecord? {
        let path = path(in: dataFolder)
        guard let text = try LocalFile.read(path) else { return nil }
        do {
            return try JSONDecoder().decode(TakeoverRecord.self, from: Data(text.utf8))
        } catch {
            throw CommandFailure("\(path) is not what a takeover writes: remove it once cron is as you want it")
        }
    }

    /// Writes it durably.
    func write(in dataFolder: String) throws(CommandFailure) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        guard let data = try? encoder.encode(self) else { preconditionFailure("a record of strings cannot be encoded") }
        try LocalFile.write(String(decoding: data, as: UTF8.self) + "\n", to: Self.path(in: dataFolder))
    }
}
