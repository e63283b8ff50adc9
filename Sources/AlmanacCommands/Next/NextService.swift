import AlmanacCalendar

/// Answers request lines: `almanac next --stdin`.
struct NextService {
    let zones: Zones

    /// Whether answers carry `local`.
    let withLocalTime: Bool

    /// Answers every line until there are no more. Each answer is written before the next line is read.
    ///
    /// - Parameter now: tells the time, for requests that do not say where to start.
    func answer(_ lines: inout RequestLines, into output: inout OutputBuffer, now: () -> Timestamp) throws {
        while let line = try lines.next() {
            switch resolve(line, now: now) {
            case .success(let request): try request.writeAnswer(to: &output, withLocalTime: withLocalTime)
            case .failure(let fault): output.append { fault.appendJSON(to: &$0) }
            }
            output.appendLine()
            try output.flush()
        }
    }

    private func resolve(_ line: RequestLines.Line, now: () -> Timestamp) -> Result<NextRequest, NextFault> {
        Result { () throws(NextFault) in
            switch line {
            case .whole(let bytes): try NextQuery(json: bytes).resolved(now: now(), zones: zones)
            case .tooLong: throw NextFault("request", "the line has more than \(RequestLines.maximumLength) bytes")
            }
        }
    }
}
