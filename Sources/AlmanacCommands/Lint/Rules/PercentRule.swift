/// A `%` that cron takes for the end of the command; and a `\%` that nobody else needs.
struct PercentRule: LintRule {
    let name = "percent"

    func messages(for job: LintJob, _ circumstances: LintCircumstances) -> [String] {
        if let input = job.standardInput {
            return [
                "the first % that is not escaped ends the command: it runs \(quoted(job.command)) and gives it "
                    + "\(quoted(input)) to read; write \\% for a percent sign"
            ]
        }
        guard !job.isCrontab, job.command.contains("\\%") else { return [] }
        return ["\\% is how a crontab writes %; in almanac.toml the shell gets the backslash too: write %"]
    }

    private func quoted(_ text: String) -> String {
        let short = text.count > 60 ? "\(text.prefix(57))..." : text
        return short.debugDescription
    }
}
