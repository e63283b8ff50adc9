import AlmanacModel

/// Gives each crontab line a name that stays the same while other lines of its file change: `alice:backup-db-1x3k9q`.
struct CrontabTaskNames {
    private static let hashLength = 7
    /// What is left of a name's 100 characters for the place.
    private static let placeLimit = 40

    private var counts: [String: Int] = [:]
    private var taken: Set<String> = []

    /// The next line's name. Lines that are the same to the letter are numbered.
    mutating func name(of entry: CrontabEntry, in crontab: Crontab) -> String {
        let hash = StableHash(entry.timeText, entry.user ?? "", entry.command, entry.standardInput ?? "")
        let digits = String(hash.value, radix: 36).suffix(Self.hashLength)
        let name = "\(Self.place(of: crontab)):\(CommandWord.word(of: entry.command))-\(digits)"
        var count = counts[name, default: 0]
        var numbered = name
        repeat {
            count += 1
            if count > 1 { numbered = "\(name)-\(count)" }
        } while !taken.insert(numbered).inserted
        counts[name] = count
        return numbered
    }

    private static func place(of crontab: Crontab) -> String {
        switch crontab.owner {
        case .user(let name): return CommandWord.nameText(name, limit: placeLimit) ?? "user"
        case .system:
            guard crontab.path != "/etc/crontab" else { return "crontab" }
            let file = crontab.path.split(separator: "/").last.map(String.init) ?? crontab.path
            return "cron.d:\(CommandWord.nameText(file, limit: placeLimit) ?? "file")"
        }
    }
}
