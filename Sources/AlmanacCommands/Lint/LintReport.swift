/// What a linter has found.
struct LintReport {
    /// In the order of files, lines and rules.
    let findings: [LintFinding]
    let jobCount: Int

    init(findings: [LintFinding], jobCount: Int) {
        // In the order in which files come first; a stable sort by lines.
        var order: [String: Int] = [:]
        for finding in findings where order[finding.path] == nil { order[finding.path] = order.count }
        self.findings = findings.enumerated().sorted { left, right in
            let (a, b) = (left.element, right.element)
            return (order[a.path] ?? 0, a.line ?? 0, left.offset) < (order[b.path] ?? 0, b.line ?? 0, right.offset)
        }.map(\.element)
        self.jobCount = jobCount
    }

    var faultCount: Int { findings.count(where: \.isFault) }
    var warningCount: Int { findings.count - faultCount }

    /// Writes a line for each finding, and a summary.
    func write(to output: inout OutputBuffer) {
        for finding in findings { output.appendLine(finding.description.printable) }
        output.appendLine(
            "\(counted(jobCount, "job")): \(counted(warningCount, "warning")), \(counted(faultCount, "fault"))"
        )
    }

    private func counted(_ count: Int, _ noun: String) -> String { count == 1 ? "1 \(noun)" : "\(count) \(noun)s" }

    /// Appends one object and an end of line:
    ///
    /// `{"jobs":3,"findings":[{"file":...,"line":3,"task":...,"rule":"percent","severity":"warning","message":...}]}`, `line` and `task` left
    /// out where there are none.
    func appendJSON(to output: inout OutputBuffer) {
        output.append { bytes in
            bytes += #"{"jobs":\#(jobCount),"findings":["#.utf8
            for (index, finding) in findings.enumerated() {
                bytes += (index == 0 ? #"{"file":"# : #",{"file":"#).utf8
                JSONText.append(finding.path, to: &bytes)
                if let line = finding.line { bytes += #","line":\#(line)"#.utf8 }
                if let task = finding.task {
                    bytes += #","task":"#.utf8
                    JSONText.append(task, to: &bytes)
                }
                bytes +=
                    #","rule":"\#(finding.rule)","severity":"\#(finding.isFault ? "fault" : "warning")","message":"#
                    .utf8
                JSONText.append(finding.message, to: &bytes)
                bytes += "}".utf8
            }
            bytes += "]}\n".utf8
        }
    }
}
