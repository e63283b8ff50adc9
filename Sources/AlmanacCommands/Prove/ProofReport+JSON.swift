import AlmanacCalendar
import AlmanacConfig

extension ProofReport {
    /// Appends one object and an end of line:
    ///
    /// `{"from":...,"until":...,"zone":...,"clock_changes":20,"equal":true,"lines":[...],"not_run":[...],"other_tasks":[...]}`
    ///
    /// A line is `{"file":...,"line":3,"schedule":...,"user":...,"command":...,"task":...,"firings":3652,"differences":[...]}`, `task` left out
    /// where there is none; a difference `{"kind":...,"explained":true,"reason":...,"count":10,"instants":[{"at":...,"ticks":[...]}]}`.
    func appendJSON(to output: inout OutputBuffer) {
        output.append { bytes in
            bytes += #"{"from":"\#(proof.from)","until":"\#(proof.until)","zone":"#.utf8
            JSONText.append(proof.zone.id.name, to: &bytes)
            bytes += #","clock_changes":\#(proof.changeCount),"equal":\#(proof.isEqual),"lines":["#.utf8
            Self.appendList(proof.lines, to: &bytes, Self.append)
            bytes += #"],"not_run":["#.utf8
            Self.appendList(proof.unread, to: &bytes) { JSONText.append($0.description, to: &$1) }
            bytes += #"],"other_tasks":["#.utf8
            Self.appendList(proof.otherTasks, to: &bytes) { JSONText.append($0, to: &$1) }
            bytes += "]}\n".utf8
        }
    }

    private static func append(_ line: LineProof, to bytes: inout [UInt8]) {
        bytes += #"{"file":"#.utf8
        JSONText.append(line.file, to: &bytes)
        bytes += #","line":\#(line.job.line)"#.utf8
        let texts = [
            ("schedule", line.job.timeText), ("user", line.job.userName), ("command", line.job.command),
            ("task", line.taskName),
        ]
        for (name, text) in texts {
            guard let text else { continue }
            bytes += #","\#(name)":"#.utf8
            JSONText.append(text, to: &bytes)
        }
        bytes += #","firings":\#(line.agreeing),"differences":["#.utf8
        appendList(line.findings, to: &bytes) { finding, bytes in
            bytes += #"{"kind":"\#(finding.name)","explained":\#(finding.isExplained),"reason":"#.utf8
            JSONText.append(finding.reason, to: &bytes)
            if finding.count > 0 {
                bytes += #","count":\#(finding.count),"instants":["#.utf8
                appendList(finding.instants, to: &bytes) { instant, bytes in
                    let ticks = instant.ticks.map { #""\#($0)""# }.joined(separator: ",")
                    bytes += #"{"at":"\#(instant.at)","ticks":[\#(ticks)]}"#.utf8
                }
                bytes += "]".utf8
            }
            bytes += "}".utf8
        }
        bytes += "]}".utf8
    }

    private static func appendList<Element>(
        _ elements: [Element],
        to bytes: inout [UInt8],
        _ body: (Element, inout [UInt8]) -> Void
    ) {
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            body(element, &bytes)
        }
    }
}
