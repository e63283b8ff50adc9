package import AlmanacModel
import AlmanacRunProtocol

extension RunLogs: RunLogSearching {
    package func search(
        _ run: SurveyedRun,
        from place: RunLogPlace?,
        work: Int,
        limit: Int,
        makeScanner: @Sendable () -> any LineScanning
    ) async throws -> RunLogFindings {
        let folder = RunFolder(dataFolder: dataFolder, taskName: run.taskName, runID: run.id.description)
        let log = try LogParts.open(folder)
        let begin = try log.cut().droppedLines
        let firstLine = place?.line ?? 0
        let isWhole = place?.firstLine == begin
        var walk = LogWalk(
            place.flatMap { isWhole ? $0 : nil } ?? RunLogPlace(line: begin, offset: 0, firstLine: begin)
        )
        let scanner = makeScanner()
        var found: [RunLogLine] = []
        var isOver = false
        while !isOver {
            guard let chunk = try log.read(at: walk.readOffset) else {
                return RunLogFindings(lines: found, place: nil, work: walk.bytes + scanner.work)
            }
            isOver = walk.take(chunk) { line, number, bytes in
                if number >= firstLine && scanner.finds(line.text) { found.append(RunLogLine(line, number: number)) }
                return found.count < limit && bytes + scanner.work < work
            }
        }
        return RunLogFindings(lines: found, place: walk.place, work: walk.bytes + scanner.work)
    }
}

/// Goes through the lines of a log, and knows where each begins.
struct LogWalk {
    /// The first line that has not been given out.
    private(set) var place: RunLogPlace
    /// How many bytes have been gone through.
    private(set) var bytes = 0

    private var torn: [UInt8] = []
    private var tornLength = 0
    private var passesOver = false

    init(_ place: RunLogPlace) {
        self.place = place
    }

    /// Where to read on.
    var readOffset: Int { place.offset + tornLength }

    /// Takes the next bytes.
    ///
    /// - Parameter body: gets each line that they complete, its number and how many bytes have been gone through; it returns whether
    ///   to go on.
    /// - Returns: whether it has said no.
    mutating func take(_ chunk: [UInt8], _ body: (LogLine, Int, Int) -> Bool) -> Bool {
        var rest = chunk[...]
        while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let piece = rest[..<newline]
            let line = passesOver ? nil : LogLine(torn.isEmpty ? piece : (torn + piece)[...])
            let length = tornLength + piece.count + 1
            place.offset += length
            bytes += length
            (torn, tornLength, passesOver) = ([], 0, false)
            rest = rest[(newline + 1)...]
            guard let line else { continue }
            let number = place.line
            place.line += 1
            if !body(line, number, bytes) { return true }
        }
        tornLength += rest.count
        if !passesOver { torn += rest }
        if torn.count > LogLineDecoder.lineLimit { (torn, passesOver) = ([], true) }
        return false
    }
}
