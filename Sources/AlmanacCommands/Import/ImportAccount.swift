/// What an import has to say beside its tasks: each doubt in a line of its own, and what became of every source.
struct ImportAccount {
    /// Something whose meaning here is not exactly what it was, or that is left out.
    struct Remark: Equatable {
        /// Where it was found, `backup.service:7`.
        var place: String
        var message: String
        /// Whether it wants a look; else nothing hangs on it.
        var isDoubt: Bool

        var text: String { "\(isDoubt ? "doubt" : "note"): \(place): \(message)" }
    }

    private(set) var remarks: [Remark] = []
    /// Settings on which nothing hangs here, by their files.
    private var idle: [(file: String, settings: [String])] = []
    /// A line for each source, `backup.timer: backup`.
    private(set) var sources: [String] = []
    private(set) var failedSources = 0

    mutating func doubt(_ message: String, at place: String) {
        remarks.append(Remark(place: place, message: message, isDoubt: true))
    }

    mutating func note(_ message: String, at place: String) {
        remarks.append(Remark(place: place, message: message, isDoubt: false))
    }

    /// A setting that means nothing here, and that nobody misses.
    mutating func idle(_ setting: String, in file: String) {
        if let index = idle.firstIndex(where: { $0.file == file }) {
            idle[index].settings.append(setting)
        } else {
            idle.append((file, [setting]))
        }
    }

    /// A source that became tasks.
    mutating func imported(_ source: String, as tasks: [String]) {
        sources.append("\(source): imported as \(tasks.joined(separator: ", "))")
    }

    /// A source that became none.
    mutating func failed(_ source: String, _ reason: String) {
        sources.append("\(source): not imported: \(reason)")
        failedSources += 1
    }

    /// All of it, with a count at the end.
    ///
    /// - Parameters:
    ///   - noun: what a source is called, `timer`.
    ///   - taskCount: how many tasks there are.
    func lines(noun: String, taskCount: Int) -> [String] {
        func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
        let doubts = remarks.count(where: \.isDoubt)
        let imported = sources.count - failedSources
        let summary =
            "\(count(sources.count, noun)): \(imported) imported as \(count(taskCount, "task")), \(failedSources) not imported; "
            + count(doubts, "doubt")
        let idle = idle.map { "note: \($0.file): nothing hangs here on \($0.settings.joined(separator: ", "))" }
        return (remarks.map(\.text) + idle + sources + [summary]).map(\.printable)
    }
}
