/// What a search in the logs of a task has found so far.
package struct LogSearch: WireObject {
    package static let schemaName = "LogSearchBody"

    package var schema: String?
    package var hits: [LogSearchHit]
    /// Whether all has been looked at, so that there is nothing to resume.
    package var exhausted: Bool
    /// How many runs this request has looked at, wholly or in part.
    package var scannedRuns: Int64
    /// Resumes the search behind the last line that was looked at; nil once it is exhausted.
    package var nextCursor: String?

    package init(hits: [LogSearchHit], exhausted: Bool, scannedRuns: Int64, nextCursor: String?) {
        self.hits = hits
        self.exhausted = exhausted
        self.scannedRuns = scannedRuns
        self.nextCursor = nextCursor
    }

    package enum CodingKeys: String, CodingKey {
        case schema = "$schema"
        case hits, exhausted
        case scannedRuns = "scanned_runs"
        case nextCursor = "next_cursor"
    }

    package static var members: [String: WireMember] {
        [
            "hits": "The lines that fit: those of the newest run first, in their order within a run",
            "exhausted": "Whether all has been looked at",
            "scanned_runs": WireMember("How many runs this request has looked at", JSONSchema(["minimum": 0])),
            "next_cursor": "What the next request goes on with; absent once all has been looked at",
        ]
    }
}

/// A line that fits.
package struct LogSearchHit: WireShape, Hashable {
    package static let schemaName = "LogSearchHit"

    package var runID: String
    /// The line's number, from 0.
    package var n: Int64
    package var stream: String
    package var text: String
    /// When the run was made, in milliseconds since 1970.
    package var ts: Int64

    package init(runID: String, n: Int64, stream: String, text: String, ts: Int64) {
        self.runID = runID
        self.n = n
        self.stream = stream
        self.text = text
        self.ts = ts
    }

    package enum CodingKeys: String, CodingKey {
        case runID = "run_id"
        case n, stream, text, ts
    }

    package static var members: [String: WireMember] {
        [
            "run_id": WireMember("The run that has printed it", .runID),
            "n": WireMember("The line's number, from 0", JSONSchema(["minimum": 0])),
            "stream": WireMember("What it was printed on", .word(Words.streams)),
            "text": "The line without its newline; bytes that are not UTF-8 are replaced by U+FFFD",
            "ts": "When the run was made, in milliseconds since 1970",
        ]
    }
}
