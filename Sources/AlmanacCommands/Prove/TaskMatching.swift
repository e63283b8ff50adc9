import AlmanacConfig
import AlmanacModel

/// Finds the task that stands for each line: by the line itself where crontabs run live; in an `almanac.toml` by command and user, the one
/// that is most like what the line would be live first, and else by times, user and description, so that an edited command is told as such.
struct TaskMatching {
    private let live: [CrontabLine: TaskDefinition]
    /// The tasks that no line has taken yet, by their names; nil where crontabs run live.
    private var free: [String: TaskDefinition]?
    private var namesByCommand: [String: [String]] = [:]
    private var taken: [CrontabLine: TaskDefinition] = [:]

    init(live: [TaskDefinition], configured: [TaskDefinition]?) {
        self.live = Dictionary(
            live.compactMap { task in task.crontabLine.map { ($0, task) } },
            uniquingKeysWith: { first, _ in first }
        )
        guard let configured else { return }
        free = Dictionary(configured.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for task in configured { namesByCommand[task.command, default: []].append(task.name) }
    }

    /// Takes a task for each line of a crontab for which there is one.
    mutating func match(_ jobs: [CronJob], of crontab: Crontab) {
        guard free != nil else { return }
        // Lines that have a task with their own command come first.
        for job in jobs {
            take(CrontabLine(file: crontab.path, number: job.line), among: namesByCommand[job.command] ?? [], job)
        }
        let summaries = Dictionary(
            crontab.entries.map { ($0.line, $0.comment) },
            uniquingKeysWith: { first, _ in first }
        )
        for job in jobs {
            let line = CrontabLine(file: crontab.path, number: job.line)
            guard taken[line] == nil, let model = live[line] else { continue }
            let like = (free ?? [:]).values.filter { task in
                Self.user(of: task) == Self.user(of: model) && task.schedule?.schedule == model.schedule?.schedule
            }
            let described = like.filter { $0.summary != nil && $0.summary == (summaries[job.line] ?? nil) }
            let found = described.isEmpty ? like : described
            if found.count == 1 { take(line, among: found.map(\.name), job) }
        }
    }

    func task(of job: CronJob, in file: String) -> TaskDefinition? {
        let line = CrontabLine(file: file, number: job.line)
        return free == nil ? live[line] : taken[line]
    }

    /// The names of the tasks that stand for no line.
    var unmatched: [String] { (free ?? [:]).keys.sorted() }

    private mutating func take(_ line: CrontabLine, among names: [String], _ job: CronJob) {
        let model = live[line]
        let candidates = names.compactMap { free?[$0] }
        let best = candidates.max { Self.likeness($0, model, job) < Self.likeness($1, model, job) }
        guard let best else { return }
        taken[line] = best
        free?[best.name] = nil
    }

    private static func likeness(_ task: TaskDefinition, _ model: TaskDefinition?, _ job: CronJob) -> Int {
        var points = 0
        if task.settings.identity?.userID == job.account?.userID { points += 8 }
        if task.settings.standardInput == job.standardInput { points += 4 }
        if let model, task.schedule?.schedule == model.schedule?.schedule { points += 2 }
        if let model, task.settings.environment == model.settings.environment { points += 1 }
        return points
    }

    private static func user(of task: TaskDefinition) -> UInt32? { task.settings.identity?.userID }
}
