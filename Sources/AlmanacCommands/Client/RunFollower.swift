import AlmanacAPI
import Glibc
import NIOCore
import NIOPosix

/// Prints a run's output as it grows, page by page.
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

    /// The delay between questions while nothing new comes; it doubles from the first to the second.
    private static let delays = (shortest: TimeAmount.milliseconds(20), longest: TimeAmount.milliseconds(500))

    /// Prints what there is, and with `untilEnd` goes on until the run has ended.
    func follow(untilEnd: Bool) async throws {
        var standardOutput = OutputBuffer(descriptor: self.standardOutput)
        var standardError = OutputBuffer(descriptor: self.standardError)
        var next: Int64 = 0
        var size = Self.pageSizes.first
        var delay = Self.delays.shortest
        while true {
            let path = APIPath.runs(of: run.taskName, run.id, "log").query("from", next).query("limit", size)
            let answer = try await client.get(path, as: LogPage.self)
            let page = answer.value
            size = Self.pageSize(after: size, lines: page.lines.count, bytes: answer.json.count)
            let start = next
            for line in page.lines where line.n >= next {
                try Self.print(line, as: form, &standardOutput, &standardError)
                next = line.n + 1
            }
            try standardError.flush()
            try standardOutput.flush()
            if next > start {
                delay = Self.delays.shortest
                if next < page.totalLines { continue }
            }
            if page.finalized || !untilEnd { return }
            try await Self.pause(delay)
            delay = min(delay * 2, Self.delays.longest)
        }
    }

    /// Waits until the run has ended, without a word of its output.
    func end() async throws -> DaemonClient.Answer<RunResource> {
        var delay = Self.delays.shortest
        while true {
            let answer = try await client.get(.runs(run.id), as: RunResource.self)
            if answer.value.status == "ended" { return answer }
            try await Self.pause(delay)
            delay = min(delay * 2, Self.delays.longest)
        }
    }

    /// How many lines to ask for after a page.
    static func pageSize(after size: Int, lines: Int, bytes: Int) -> Int {
        if bytes > pageBytes.heavy { return max(size / 2, pageSizes.range.lowerBound) }
        if lines >= size, bytes < pageBytes.light { return min(size * 2, pageSizes.range.upperBound) }
        return size
    }

    private static func pause(_ delay: TimeAmount) async throws {
        try await NIOSingletons.posixEventLoopGroup.any().scheduleTask(in: delay) {}.futureResult.get()
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
            if line.continued != true { standardOutput.appendLine() }
        case .streams:
            standardError.append(line.text)
            if line.continued != true { standardError.appendLine() }
        }
        try standardOutput.flushIfFull()
        try standardError.flushIfFull()
    }
}
