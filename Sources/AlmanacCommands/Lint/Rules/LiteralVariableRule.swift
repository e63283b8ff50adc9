/// A `PATH=$PATH:...` of a crontab, in which nothing is replaced.
struct LiteralVariableRule: LintRule {
    let name = "literal-variable"

    func messages(for job: LintJob, _ circumstances: LintCircumstances) -> [String] {
        guard job.isCrontab, let path = job.searchPath else { return [] }
        let literal = path.split(separator: ":").filter { $0.contains("$") || $0.hasPrefix("~") }
        guard let first = literal.first else { return [] }
        return [
            "cron replaces nothing in variables: a folder of PATH is literally called \(String(first).debugDescription); write the whole path"
        ]
    }
}
