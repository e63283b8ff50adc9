import AlmanacCalendar
import AlmanacModel

/// Many jobs that start in one minute.
struct ClusterRule {
    static let name = "cluster"

    /// From how many jobs on it is worth a word.
    static let crowd = 20
    /// How many times of day are told.
    private static let told = 3
    private static let minutes = 8 * 1440

    /// The crowds of the next eight days, the largest first, each time of day once.
    func findings(for jobs: [LintJob], _ circumstances: LintCircumstances) -> [LintFinding] {
        let start = circumstances.now.secondsSinceEpoch / 60 + 1
        let schedules = jobs.map { job in job.task?.jitter == .zero ? job.schedule : nil }
        guard schedules.count(where: { $0 != nil }) >= Self.crowd else { return [] }
        var counts = Array(repeating: 0, count: Self.minutes)
        func forEachMinute(_ schedule: Schedule, _ body: (Int) -> Void) {
            let end = Timestamp(secondsSinceEpoch: (start + Int64(Self.minutes)) * 60 - 1)
            for firing in schedule.firings(after: Timestamp(secondsSinceEpoch: start * 60 - 1), through: end) {
                body(Int(firing.at.secondsSinceEpoch / 60 - start))
            }
        }
        for schedule in schedules {
            if let schedule { forEachMinute(schedule) { counts[$0] += 1 } }
        }
        var findings: [LintFinding] = []
        var seen: Set<CivilTime> = []
        let crowded = counts.indices.filter { counts[$0] >= Self.crowd }
        for minute in crowded.sorted(by: { (counts[$1], $0) < (counts[$0], $1) }) where findings.count < Self.told {
            let at = Timestamp(secondsSinceEpoch: (start + Int64(minute)) * 60)
            let members = zip(jobs, schedules).filter { _, schedule in
                schedule?.firing(after: at - 1).map { $0.at < at + 60 } ?? false
            }.map(\.0)
            guard let first = members.first, let zone = first.schedule?.zone else { continue }
            let wall = zone.wallTime(at: at)
            guard seen.insert(wall.time).inserted else { continue }
            let names = members.map { $0.name ?? "\($0.path):\($0.line ?? 0)" }
            let more = names.count > 5 ? " and \(names.count - 5) more" : ""
            findings.append(
                LintFinding(
                    path: first.path,
                    line: first.line,
                    rule: Self.name,
                    message: "\(members.count) jobs start at \(wall.time.short), next on \(wall.date): "
                        + "\(names.prefix(5).joined(separator: ", "))\(more); give them other minutes, or jitter = \"15m\" in almanac.toml"
                )
            )
        }
        return findings
    }
}
