import AlmanacCalendar

/// Times of day that do not exist on one of the coming days, or come twice.
struct ClockChangeRule: LintRule {
    let name = "clock-change"

    /// How far ahead is looked: every change that comes each year is seen.
    private static let horizon: Int64 = 400 * 86_400

    func messages(for job: LintJob, _ circumstances: LintCircumstances) -> [String] {
        // One that runs in every hour has no time of day that could be missed.
        guard let schedule = job.schedule, !schedule.expression.isHourly else { return [] }
        let changes = ClockChange.upcoming(6, for: schedule, after: circumstances.now).filter {
            $0.transition.at <= circumstances.now + Self.horizon && $0.touches
        }
        let gap = changes.first { $0.transition.shift > 0 }
        let fold = changes.first { $0.transition.shift < 0 }
        let sentences = [gap, fold].compactMap { $0 }.sorted { $0.transition.at < $1.transition.at }.map(\.sentence)
        guard let first = sentences.first else { return [] }
        let text = ([String(first.dropLast())] + sentences.dropFirst().map { String($0.dropLast()) }).joined(
            separator: ". "
        )
        let policies = job.isCrontab ? "" : ", or say with dst_gap and dst_fold what is meant"
        return ["\(text); choose a time outside of these hours\(policies)"]
    }
}
