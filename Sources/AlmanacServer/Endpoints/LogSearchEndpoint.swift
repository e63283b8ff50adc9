import AlmanacAPI
import AlmanacCalendar
import AlmanacModel
import HTTPTypes
import Hummingbird
import HummingbirdCore

/// `GET /api/tasks/{t}/log/search`
struct LogSearchEndpoint: Sendable {
    private let runs: RunEndpoints
    private let survey: any RunSurveying
    private let logs: any RunLogSearching

    /// What a request may do, in bytes read and steps of a pattern, and what a piece of it may before others get their turn.
    private static let work = 32 << 20
    private static let workAtOnce = 1 << 20
    private static let runLimit = 1000
    /// How many bytes of lines an answer may have, which one line may go over.
    private static let answerSize = 4 << 20

    init(_ dependencies: APIServer.Dependencies) {
        runs = RunEndpoints(dependencies)
        survey = dependencies.survey
        logs = dependencies.logSearch
    }

    @concurrent @Sendable
    func search(_ request: Request, _ context: APIContext) async throws -> Response {
        var query = QueryReader(request, context)
        let pattern = Self.pattern(&query)
        let limit = Int(query.integer("limit", in: 1...1000) ?? 200)
        let cursor = query.cursor("cursor")
        let only = query.runID("run_id")
        let taskName = try runs.taskName(context, query: query)
        guard let pattern else { preconditionFailure("a query without faults has a pattern") }

        var walk = Walk(pattern: pattern, limit: limit, cursor: cursor)
        if let only {
            guard let run = try await runs.store.run(only), run.taskName == taskName else {
                throw ProblemError.noSuchRun(only)
            }
            try await searchOne(SurveyedRun(run), &walk)
        } else {
            try await searchAll(ofTask: taskName, &walk)
        }
        return try Response(walk.answer, context)
    }

    /// What a request has found, and where it stands.
    private struct Walk {
        let pattern: LinePattern
        let limit: Int
        /// The run that was looked at last, and where to go on in its log; nil there for its end.
        var cursor: LogSearchCursor?
        var isExhausted = false
        var hits: [LogSearchHit] = []
        var size = 0
        var work = 0
        var scannedRuns = 0

        init(pattern: LinePattern, limit: Int, cursor: LogSearchCursor?) {
            self.pattern = pattern
            self.limit = limit
            self.cursor = cursor
        }

        var isOver: Bool {
            hits.count >= limit || work >= LogSearchEndpoint.work || scannedRuns >= LogSearchEndpoint.runLimit
                || size >= LogSearchEndpoint.answerSize
        }

        var answer: LogSearch {
            LogSearch(
                hits: hits,
                exhausted: isExhausted,
                scannedRuns: Int64(scannedRuns),
                nextCursor: isExhausted ? nil : cursor?.text
            )
        }
    }

    private func searchAll(ofTask name: String, _ walk: inout Walk) async throws {
        var query = RunQuery()
        query.taskName = name
        query.sortDirection = .descending
        // The run whose log is not at its end comes first.
        if let cursor = walk.cursor, cursor.place != nil {
            try await search(SurveyedRun(position: cursor.run, taskName: name), &walk)
        }
        while !walk.isOver {
            let slice = try await survey.slice(of: query, beyond: walk.cursor?.run)
            for run in slice.runs {
                if walk.isOver { return }
                walk.cursor = LogSearchCursor(run: run.position, place: nil)
                try await search(run, &walk)
            }
            guard let next = slice.next else {
                walk.isExhausted = walk.cursor?.place == nil
                return
            }
            if walk.cursor?.place == nil { walk.cursor = LogSearchCursor(run: next, place: nil) }
        }
    }

    private func searchOne(_ run: SurveyedRun, _ walk: inout Walk) async throws {
        if walk.cursor?.run != run.position { walk.cursor = LogSearchCursor(run: run.position, place: nil) }
        try await search(run, &walk)
        walk.isExhausted = walk.cursor?.place == nil
    }

    /// Goes on in the log of a run, as far as it may.
    private func search(_ run: SurveyedRun, _ walk: inout Walk) async throws {
        walk.scannedRuns += 1
        let pattern = walk.pattern
        repeat {
            let findings = try await logs.search(
                run,
                from: walk.cursor?.place,
                work: Self.workAtOnce,
                limit: walk.limit - walk.hits.count,
                makeScanner: { pattern.scanner() }
            )
            walk.work += findings.work
            for line in findings.lines {
                walk.size += line.text.count
                walk.hits.append(LogSearchHit(line, of: run))
            }
            walk.cursor?.place = findings.place
        } while walk.cursor?.place != nil && !walk.isOver
    }

    /// - Returns: nil for one that is none, which is a fault.
    private static func pattern(_ query: inout QueryReader) -> LinePattern? {
        let isExpression = query.boolean("regex") ?? false
        let isCaseSensitive = query.boolean("case") ?? false
        guard let text = query.text("q", upTo: 1024) else {
            if !query.faults.concern("query.q") { query.add("q", "expected what to look for, 1 to 1024 characters") }
            return nil
        }
        guard isExpression else { return .text(text, isCaseSensitive: isCaseSensitive) }
        do throws(PatternError) {
            return .expression(try PatternProgram(text, ignoresCase: !isCaseSensitive))
        } catch {
            query.add(
                "q",
                "is no regular expression, at character \(error.column): \(error.message)",
                value: .string(text)
            )
            return nil
        }
    }
}

/// Where a search goes on: the run, and the place in its log; nil there for the runs behind it.
struct LogSearchCursor: Hashable, Sendable {
    var run: RunPosition
    var place: RunLogPlace?

    init(run: RunPosition, place: RunLogPlace?) {
        self.run = run
        self.place = place
    }

    /// For clients a word without a meaning.
    var text: String {
        let numbers =
            [run.createdAt.nanosecondsSinceEpoch]
            + (place.map { [Int64($0.line), Int64($0.offset), Int64($0.firstLine)] } ?? [])
        return ([run.id.description] + numbers.map { String($0, radix: 36) }).joined(separator: "_")
    }

    init?(_ text: String) {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        let numbers = parts.dropFirst().compactMap { Int64($0, radix: 36) }
        let isPlain = parts.dropFirst().allSatisfy { part in
            (1...13).contains(part.utf8.count)
                && part.utf8.allSatisfy { $0 == 0x2D || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) }
        }
        guard isPlain, numbers.count == parts.count - 1, numbers.count == 1 || numbers.count == 4,
            let id = parts.first.flatMap({ RunID($0) })
        else { return nil }
        run = RunPosition(createdAt: PreciseTimestamp(nanosecondsSinceEpoch: numbers[0]), id: id)
        if numbers.count == 4 {
            guard numbers[1...].allSatisfy({ $0 >= 0 }) else { return nil }
            place = RunLogPlace(
                line: Int(numbers[1]),
                offset: Int(numbers[2]),
                firstLine: Int(numbers[3])
            )
        }
    }
}

extension QueryReader {
    /// An earlier answer's cursor; nil where it is absent or empty.
    fileprivate mutating func cursor(_ name: String) -> LogSearchCursor? {
        guard let text = text(name) else { return nil }
        if let cursor = LogSearchCursor(text) { return cursor }
        add(name, "expected the next_cursor of an earlier answer", value: .string(text))
        return nil
    }

    /// A run's id; nil where it is absent or empty.
    fileprivate mutating func runID(_ name: String) -> RunID? {
        guard let text = text(name) else { return nil }
        if let id = RunID(text) { return id }
        add(name, "expected a run's id, a ULID", value: .string(text))
        return nil
    }
}

extension LogSearchHit {
    fileprivate init(_ line: RunLogLine, of run: SurveyedRun) {
        self.init(
            runID: run.id.description,
            n: Int64(line.number),
            stream: line.stream.rawValue,
            text: String(decoding: line.text, as: UTF8.self),
            ts: run.position.createdAt.millisecondsSinceEpoch
        )
    }
}
