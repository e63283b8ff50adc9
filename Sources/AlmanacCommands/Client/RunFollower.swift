import AlmanacAPI
import Glibc
import NIOCore
import NIOPosix

/// Prints a run's output: what there is page by page, what comes line by line.
struct RunFollower {
    /// How the lines are printed.
    enum Form {
        /// Standard output and standard error each to their own; the supervisor's lines to standard error.
        case streams
        /// A JSON object a line, to standard output.
        case json
    }

    let client: DaemonClient
    let run: RunResource
    let form: Form
    let standardOutput: Int32
    let standardError: Int32

    /// - Parameters:
    ///   - standardOutput: an open descriptor, which stays the caller's.
    ///   - standardError: another.
    init(
        client: DaemonClient,
        run: RunResource,
        form: Form,
        standardOutput: Int32 = STDOUT_FILENO,
        standardError: Int32 = STDERR_FILENO
    ) {
        self.client = client
        self.run = run
        self.form = form
        self.standardOutput = standardOutput
        self.standardError = standardError
    }

    /// How many lines are asked for at once. It starts with the first, grows while pages are full and small, since the daemon looks
    /// through the log for each, and shrinks where lines are so long that a page gets heavy.
    private static let pageSizes = (first: 1000, range: 100...10_000)
    private static let pageBytes = (light: 1 << 20, heavy: 8 << 20)

    /// The delay before a lost connection is tried again; it doubles from the first to the second. After the third, it is given up.
    private static let delays = (
        shortest: TimeAmount.milliseconds(50), longest: TimeAmount.seconds(1), all: TimeAmount.seconds(30)
    )

    /// Why a stream of lines has ended.
    private enum StreamEnd {
        /// No more lines can come.
        case done
        /// The server has passed over some lines, which a page has.
        case dropped
        /// The daemon is going down, or went.
        case cut
    }

    /// Prints what there is, and with `untilEnd` goes on until the run has ended.
    ///
    /// A connection that is lost on the way is made again, for half a minute: the daemon may have been restarted. No line is lost by
    /// it, and none comes twice.
    func follow(untilEnd: Bool) async throws {
        var standardOutput = OutputBuffer(descriptor: self.standardOutput)
        var standardError = OutputBuffer(descriptor: self.standardError)
        var next: Int64 = 0
        var patience = Patience()
        while true {
            do {
                let isFinalized = try await printPages(from: &next, &patience, &standardOutput, &standardError)
                if isFinalized || !untilEnd { return }
                let end = try await printLines(from: &next, &patience, &standardOutput, &standardError)
                if end == .done { return }
                if end == .dropped { continue }
            } catch let error as DaemonClientError where error.mayPass {
                guard patience.hasBegun, patience.isLeft else { throw error }
            }
            try await patience.pause()
        }
    }

    /// Prints pages of the log as long as they bring something.
    ///
    /// - Returns: whether the run has ended, so that these were all.
    private func printPages(
        from next: inout Int64,
        _ patience: inout Patience,
        _ standardOutput: inout OutputBuffer,
        _ standardError: inout OutputBuffer
    ) async throws -> Bool {
        var size = Self.pageSizes.first
        while true {
            let path = APIPath.runs(of: run.taskName, run.id, "log").query("from", next).query("limit", size)
            let answer = try await client.get(path, as: LogPage.self)
            patience = Patience(hasBegun: true)
            let page = answer.value
            size = Self.pageSize(after: size, lines: page.lines.count, bytes: answer.json.count)
            let start = next
            for line in page.lines where line.n >= next {
                try Self.print(line, as: form, &standardOutput, &standardError)
                next = line.n + 1
            }
            try standardError.flush()
            try standardOutput.flush()
            if next == start || next >= page.totalLines { return page.finalized }
        }
    }

    /// Prints lines as they come, until the stream ends.
    private func printLines(
        from next: inout Int64,
        _ patience: inout Patience,
        _ standardOutput: inout OutputBuffer,
        _ standardError: inout OutputBuffer
    ) async throws -> StreamEnd {
        var path = APIPath.runs(of: run.taskName, run.id, "log", "stream")
        if next == 0 { path = path.query("from", 0) }
        var end = StreamEnd.cut
        try await client.events(path, after: next == 0 ? nil : next - 1) { event in
            switch event.name {
            case "line":
                let line = LogLine(try Self.decode(LogLineSSEEvent.self, event))
                if line.n >= next {
                    try Self.print(line, as: form, &standardOutput, &standardError)
                    next = line.n + 1
                    // The terminal shows a line when it comes.
                    try standardError.flush()
                    try standardOutput.flush()
                }
                patience = Patience(hasBegun: true)
                return true
            case "done":
                end = .done
                return false
            case "dropped":
                end = .dropped
                return false
            default: return true
            }
        }
        return end
    }

    /// Waits until the run has ended, without a word of its output.
    func end() async throws -> DaemonClient.Answer<RunResource> {
        var patience = Patience()
        while true {
            do {
                let answer = try await client.get(.runs(of: run.taskName, run.id), as: RunResource.self)
                if answer.value.status == "ended" { return answer }
                if !patience.hasBegun { patience = Patience(hasBegun: true) }
                // From beyond the last line, so that none comes.
                let path = APIPath.runs(of: run.taskName, run.id, "log", "stream").query("from", Int64.max)
                var isDone = false
                try await client.events(path, after: nil) { event in
                    isDone = event.name == "done"
                    return !isDone
                }
                if isDone {
                    patience = Patience(hasBegun: true)
                    continue
                }
            } catch let error as DaemonClientError where error.mayPass {
                guard patience.hasBegun, patience.isLeft else { throw error }
            }
            try await patience.pause()
        }
    }

    /// How long a lost connection is still tried again.
    private struct Patience {
        /// Whether the daemon has answered at all.
        var hasBegun = false
        private var delay = RunFollower.delays.shortest
        private var left = RunFollower.delays.all

        init(hasBegun: Bool = false) {
            self.hasBegun = hasBegun
        }

        var isLeft: Bool { left > .zero }

        mutating func pause() async throws {
            try await NIOSingletons.posixEventLoopGroup.any().scheduleTask(in: delay) {}.futureResult.get()
            left = left - delay
            delay = min(delay * 2, RunFollower.delays.longest)
        }
    }

    private static func decode<Value: Decodable>(_ type: Value.Type, _ event: ServerSentEvent) throws -> Value {
        do {
            return try WireCoding.decode(type, from: event.data)
        } catch {
            throw DaemonClientError.notUnderstood(reason: "expected \(type)")
        }
    }

    /// How many lines to ask for after a page.
    static func pageSize(after size: Int, lines: Int, bytes: Int) -> Int {
        if bytes > pageBytes.heavy { return max(size / 2, pageSizes.range.lowerBound) }
        if lines >= size, bytes < pageBytes.light { return min(size * 2, pageSizes.range.upperBound) }
        return size
    }

    private static func print(
        _ line: LogLine,
        as form: Form,
        _ standardOutput: inout OutputBuffer,
        _ standardError: inout OutputBuffer
    ) throws {
        switch form {
        case .json:
            standardOutput.append(try WireCoding.encode(line))
            standardOutput.appendLine()
        case .streams where line.stream == "stdout":
            standardOutput.append(line.text)
            if line.partial != true { standardOutput.appendLine() }
        case .streams:
            standardError.append(line.text)
            if line.partial != true { standardError.appendLine() }
        }
        try standardOutput.flushIfFull()
        try standardError.flushIfFull()
    }
}
