/// Something that a linter has to say, and where.
struct LintFinding: Hashable {
    let path: String
    /// 1-based; nil where it is not known or the whole file is meant.
    let line: Int?
    /// What it is about: a task's name; nil for a line or a file.
    let task: String?
    /// The rule's name, for people who want to talk about it.
    let rule: String
    /// Whether something is not run, or not read.
    let isFault: Bool
    /// What happens, when, and what to do; no full stop at its end.
    let message: String

    init(path: String, line: Int?, task: String? = nil, rule: String, isFault: Bool = false, message: String) {
        self.path = path
        self.line = line
        self.task = task
        self.rule = rule
        self.isFault = isFault
        self.message = message
    }
}

extension LintFinding: CustomStringConvertible {
    /// `/etc/cron.d/backup:3: warning: ... [percent]`
    var description: String {
        var text = path
        if let line { text += ":\(line)" }
        text += isFault ? ": fault: " : ": warning: "
        if let task { text += "\(task): " }
        return "\(text)\(message) [\(rule)]"
    }
}
