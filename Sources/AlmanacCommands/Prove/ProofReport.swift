import AlmanacCalendar
import AlmanacConfig

/// A proof for people.
struct ProofReport {
    let proof: Proof
    let years: Int

    /// How many instants of a difference are shown.
    private static let shownInstants = 5

    /// Writes the table of lines, the differences and the summary.
    func write(to output: inout OutputBuffer, colour: Colour) {
        var table = Table(
            .init("LINE"),
            .init("SCHEDULE"),
            .init("USER"),
            .init("FIRINGS", .right),
            .init("DIFFERENCES"),
            .init("TASK")
        )
        for line in proof.lines {
            table.add(
                .init(line.place),
                .init(line.job.timeText),
                .init(line.job.userName),
                .init(line.job.time == .reboot ? "at boot" : "\(line.agreeing)"),
                .init(verdict(line), line.isEqual ? .green : line.isExplained ? .yellow : .red),
                .init(line.taskName ?? "", .dim)
            )
        }
        if !table.rows.isEmpty {
            table.print(into: &output, colour: colour)
            output.appendLine()
        }
        writeBrokenFiles(to: &output, colour: colour)
        for line in proof.lines {
            let findings = line.findings.filter { !$0.isOfFile }
            if findings.isEmpty { continue }
            output.appendLine("\(line.place): \(line.job.timeText) \(line.job.command)".printable)
            for finding in findings {
                let mark =
                    finding.isExplained ? colour.apply(.yellow, to: "explained") : colour.apply(.red, to: "different")
                output.appendLine(
                    "  \(mark): \(finding.reason.printable)\(finding.count == 0 ? "" : ": \(times(finding.count))")"
                )
                writeInstants(of: finding, line, to: &output)
            }
        }
        if proof.lines.contains(where: { !$0.isEqual }) { output.appendLine() }
        for line in summary { output.appendLine(line) }
    }

    /// What is true of all lines of a file is told once.
    private func writeBrokenFiles(to output: inout OutputBuffer, colour: Colour) {
        var told: Set<String> = []
        for line in proof.lines {
            guard let finding = line.findings.first(where: \.isOfFile), told.insert(line.file).inserted else {
                continue
            }
            output.appendLine(line.file.printable)
            output.appendLine("  \(colour.apply(.yellow, to: "explained")): \(finding.reason)")
        }
    }

    private func verdict(_ line: LineProof) -> String {
        if line.isEqual { return "none" }
        return line.isExplained ? "explained" : "different"
    }

    private func times(_ count: Int) -> String { count == 1 ? "once" : "\(count) times" }

    private func writeInstants(of finding: LineProof.Finding, _ line: LineProof, to output: inout OutputBuffer) {
        var clock = LocalClock(zone: proof.zone)
        for instant in finding.instants.prefix(Self.shownInstants) {
            var text = "    \(clock.text(instant.at))"
            if !instant.ticks.isEmpty {
                text += ", for \(instant.ticks.prefix(4).map(\.time.short).listed)"
                if instant.ticks.count > 4 { text += " and \(instant.ticks.count - 4) more" }
            }
            if case .zone = finding.kind {
                text += instant.kind == .almanacOnly ? ": here alone" : ": cron alone"
            }
            output.appendLine(text)
        }
        if finding.count > Self.shownInstants {
            output.appendLine("    and \(finding.count - Self.shownInstants) more")
        }
    }

    /// What it all comes to, a line or more.
    var summary: [String] {
        let files = Set(proof.lines.map(\.file)).count
        let equal = proof.lines.count(where: \.isEqual)
        let explained = proof.lines.count(where: \.isExplained) - equal
        let different = proof.lines.count - equal - explained
        var result: [String] = []
        for fault in proof.unread { result.append("not run by either: \(fault)".printable) }
        if !proof.otherTasks.isEmpty {
            result.append(
                "\(counted(proof.otherTasks.count, "task")) of the configuration \(proof.otherTasks.count == 1 ? "stands" : "stand") for no line"
            )
        }
        let firings = proof.lines.reduce(0) { $0 + $1.agreeing }
        result.append(
            "\(counted(proof.lines.count, "line")) of \(counted(files, "file")) over \(counted(years, "year")) with "
                + "\(counted(proof.changeCount, "clock change")) of \(proof.zone.id): \(equal) the same, \(explained) with "
                + "explained differences, \(different) different; \(counted(firings, "firing")) agree"
        )
        return result
    }

    private func counted(_ count: Int, _ noun: String) -> String { count == 1 ? "1 \(noun)" : "\(count) \(noun)s" }
}
