import AlmanacConfig
import AlmanacModel
import Glibc

/// The import of some crontabs: a task for each line that cron would run, and the account of all lines.
struct CronImport {
    /// A line that becomes a task, and what it is as a task of the crontab itself.
    struct Line {
        let entry: CrontabEntry
        let live: TaskDefinition
        /// What wants a look, in clauses.
        var doubts: [String]

        var place: String { live.crontabLine.map { "\($0)" } ?? "line \(entry.line)" }
    }

    private(set) var lines: [Line] = []
    /// What became of the lines, in their order, and what is to be said of the whole.
    private(set) var account: [String] = []
    /// A count of all lines for each file.
    private(set) var summary: [String] = []
    /// Whether every line that starts a command was taken, and every file.
    private(set) var isComplete = true
    private let paths: [String]
    private var search = ProgramSearch()

    init(_ sources: CrontabSources, maker: CrontabTaskMaker) {
        paths = sources.crontabs.map(\.path)
        for refusal in sources.refusals {
            account.append("not imported: \(refusal)")
            isComplete = false
        }
        for crontab in sources.crontabs { summary.append(add(crontab, maker)) }
        if summary.isEmpty { summary = ["no crontab was found"] }
        addMailDoubt()
    }

    /// Takes the lines of a crontab, and answers the count of them.
    private mutating func add(_ crontab: Crontab, _ maker: CrontabTaskMaker) -> String {
        let (tasks, faults) = maker.tasks(of: [crontab])
        let byLine = Dictionary(
            tasks.map { ($0.crontabLine?.number ?? 0, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        var told: [(line: Int, text: String)] = []
        var refused = crontab.lineCounts.faulty
        for fault in crontab.faults { told.append((fault.line ?? 0, "not imported: \(fault.message)")) }
        for fault in faults {
            told.append((fault.line ?? 0, "not imported: \(fault.message)"))
            refused += 1
        }
        var warnings = Dictionary(grouping: crontab.warnings, by: { $0.line ?? 0 })
        var count = 0
        for entry in crontab.entries {
            guard let task = byLine[entry.line] else { continue }
            guard task.command.contains(where: { !$0.isWhitespace }) else {
                told.append((entry.line, "not imported: it has no command, and does nothing"))
                refused += 1
                continue
            }
            let doubts = (warnings.removeValue(forKey: entry.line) ?? []).map(\.message) + self.doubts(of: entry, task)
            lines.append(Line(entry: entry, live: task, doubts: doubts))
            count += 1
            for doubt in doubts { told.append((entry.line, "doubt: \(doubt)")) }
        }
        for warning in warnings.values.joined() { told.append((warning.line ?? 0, "doubt: \(warning.message)")) }
        for line in told.sorted(by: { $0.line < $1.line }) {
            account.append("\(crontab.path)\(line.line > 0 ? ":\(line.line)" : ""): \(line.text)")
        }
        if refused > 0 || !crontab.faults.isEmpty { isComplete = false }
        return Self.count(crontab, tasks: count, refused: refused)
    }

    /// `/etc/crontab: 14 lines: 5 tasks, 3 variables, 4 comments, 1 blank, 1 not taken`
    private static func count(_ crontab: Crontab, tasks: Int, refused: Int) -> String {
        func text(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
        let counts = crontab.lineCounts
        let total = counts.entries + counts.variables + counts.comments + counts.blank + counts.faulty
        return
            "\(crontab.path): \(text(total, "line")): \(text(tasks, "task")), \(text(counts.variables, "variable")), "
            + "\(text(counts.comments, "comment")), \(counts.blank) blank, \(refused) not taken"
    }

    // MARK: Doubts

    private mutating func doubts(of entry: CrontabEntry, _ task: TaskDefinition) -> [String] {
        var doubts: [String] = []
        if entry.time == .reboot {
            doubts.append("@reboot: from almanac.toml it runs at each start of the daemon, from a crontab once a boot")
        }
        if entry.standardInput != nil {
            doubts.append(
                "the command ends at the first % that has no backslash before it; what follows became its stdin"
            )
        }
        for variable in entry.variables where !Self.isName(variable.name) {
            doubts.append("a variable cannot have the name \"\(variable.name)\" here, and is left out")
        }
        let path = entry.value(of: "PATH") ?? "/usr/bin:/bin"
        let user = ExecutableSearch.User(
            userID: task.settings.identity?.userID ?? geteuid(),
            groupIDs: task.settings.identity?.supplementaryGroupIDs ?? []
        )
        for program in CommandWords(task.command).programs where !program.contains("/") {
            if search.isMissing(program, path: path, user: user) {
                doubts.append("no folder of its PATH, \(path), has a program \(program)")
            }
        }
        return doubts
    }

    /// Whether the configuration takes a variable of that name.
    static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == UInt8(ascii: "_")
        }
    }

    private mutating func addMailDoubt() {
        let sendmail = "/usr/sbin/sendmail"
        let count = lines.count { $0.live.settings.mail != nil }
        guard count > 0, unsafe access(sendmail, X_OK) != 0 else { return }
        account.append(
            "doubt: there is no \(sendmail), and the output of \(count) \(count == 1 ? "task" : "tasks") goes by mail; until one is "
                + "installed it is in the logs alone"
        )
    }

    // MARK: The configuration

    /// Where the tasks are to stand.
    enum Layout {
        /// In a text by themselves: what they share stands in `[defaults]`.
        case text
        /// In a new file, into which others may come: there too, but for what no other task could take back.
        case newFile
        /// In a file with tasks and defaults of its own.
        case appended
    }

    /// The tasks as text, in the order of the lines.
    ///
    /// - Parameter existing: the tasks of the file already. A task that is one of them has its name, the others have other names.
    func configuration(_ layout: Layout, beside existing: [TaskDefinition] = []) -> ImportedConfiguration {
        let drafts = lines.map { CronTaskDraft($0) }
        var configuration = ImportedConfiguration()
        guard !drafts.isEmpty else { return configuration }
        let shared: CronTaskDraft.Shared? =
            switch layout {
            case .text: CronTaskDraft.Shared(drafts, isClosed: true)
            case .newFile: CronTaskDraft.Shared(drafts, isClosed: false)
            case .appended: nil
            }
        if let shared {
            configuration.comments = ["Imported by 'almanac import cron' from \(paths.joined(separator: ", "))."]
            configuration.defaults = shared.keys
        }
        let known = Dictionary(existing.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var counts: [String: Int] = [:]
        var taken: Set<String> = []
        for (draft, line) in zip(drafts, lines) {
            var task = draft.task(beside: shared)
            task.name = Self.name(like: task.name, for: line.live, known, &counts, &taken)
            configuration.add(task)
        }
        return configuration
    }

    /// A name that no other task has, with a number behind it where there is one of the name itself.
    private static func name(
        like word: String,
        for live: TaskDefinition,
        _ known: [String: TaskDefinition],
        _ counts: inout [String: Int],
        _ taken: inout Set<String>
    ) -> String {
        while true {
            let number = counts[word, default: 0] + 1
            counts[word] = number
            let name = number == 1 ? word : "\(word)-\(number)"
            let isOther = known[name].map { !$0.differences(from: live).isEmpty } ?? false
            if !isOther, taken.insert(name).inserted { return name }
        }
    }

    /// In what the imported tasks differ from the crontabs' lines, which is for a file's own `[defaults]` to explain.
    ///
    /// - Parameters:
    ///   - configuration: what the file comes to.
    ///   - imported: the tasks as they were written into it.
    func differences(in configuration: Configuration, of imported: ImportedConfiguration) -> [String] {
        let tasks = Dictionary(configuration.tasks.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        return zip(imported.tasks, lines).compactMap { imported, line in
            guard let task = tasks[imported.name] else { return nil }
            let keys = task.differences(from: line.live).filter { $0 != "env" || !Self.onlyNames(line) }
            guard !keys.isEmpty else { return nil }
            return
                "doubt: \(line.place): the task \(imported.name) differs from the line in \(keys.joined(separator: ", ")), "
                + "for what [defaults] says"
        }
    }

    /// Whether a line has variables that no task can have, of which a doubt tells already.
    private static func onlyNames(_ line: Line) -> Bool {
        line.entry.variables.contains { !isName($0.name) }
    }
}

/// Looks for each program once.
private struct ProgramSearch {
    private struct Question: Hashable {
        var program: String
        var path: String
        var user: ExecutableSearch.User
    }

    private var answers: [Question: Bool] = [:]

    /// Whether a user finds no such program in the folders of a PATH, as far as we may look.
    mutating func isMissing(_ program: String, path: String, user: ExecutableSearch.User) -> Bool {
        let question = Question(program: program, path: path, user: user)
        if let known = answers[question] { return known }
        let results = path.split(separator: ":").map { ExecutableSearch.look(at: "\($0)/\(program)", as: user) }
        let isMissing = !results.contains(.found) && !results.contains(.unknown)
        answers[question] = isMissing
        return isMissing
    }
}
