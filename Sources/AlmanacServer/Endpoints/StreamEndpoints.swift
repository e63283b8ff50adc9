import AlmanacAPI
import AlmanacModel
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// What goes on until somebody ends it: `GET /api/runs/stream` and `GET .../log/stream`.
///
/// An event's id is its number. A client that sends back the last one as `Last-Event-ID` gets what comes after it, each event
/// once, whatever has happened to the connection and to the daemon.
struct StreamEndpoints: Sendable {
    private let runs: RunEndpoints
    private let events: any RunEventReading
    private let following: any RunLogFollowing
    private let streams: LiveStreams

    init(_ dependencies: APIServer.Dependencies, streams: LiveStreams) {
        runs = RunEndpoints(dependencies)
        events = dependencies.events
        following = dependencies.following
        self.streams = streams
    }

    // MARK: Runs

    /// `GET /api/runs/stream`
    ///
    /// Without `Last-Event-ID` it begins with what is committed after the answer's head. One that this store has not given
    /// out yet is another store's: what has been missed since is not known.
    @concurrent @Sendable
    func runs(_ request: Request, _ context: APIContext) async throws -> Response {
        var query = QueryReader(request, context)
        let resume = query.lastEventID(request)
        try query.faults.check()
        let newest = try await events.lastEventNumber()
        var notice = ByteBuffer()
        if let resume, resume > newest {
            try notice.writeEvent("dropped", id: newest, LogDroppedEvent(after: resume, count: 0))
        }
        let position = min(resume ?? newest, newest)
        return response(context) { [notice] session, writer in
            try await self.writeRuns(after: position, notice, session, &writer)
        }
    }

    @concurrent private func writeRuns(
        after start: Int64,
        _ notice: ByteBuffer,
        _ session: StreamSession,
        _ writer: inout any ResponseBodyWriter
    ) async throws {
        var position = start
        streams.beginRuns(session.signal)
        defer { streams.endRuns(session.signal) }
        // The first ping tells where the stream begins, so that whoever is cut off before the first event can resume too.
        var first = notice
        try first.writeEvent("ping", id: position, PingEvent())
        try await session.write(first, to: &writer)
        while !session.signal.hasEnded {
            if let batch = try await streams.runs.batch(after: position) {
                if batch.firstAvailable > position + 1 {
                    let count = batch.firstAvailable - 1 - position
                    var dropped = ByteBuffer()
                    try dropped.writeEvent(
                        "dropped",
                        id: batch.firstAvailable - 1,
                        LogDroppedEvent(after: position, count: count)
                    )
                    try await session.write(dropped, to: &writer)
                }
                try await session.write(batch.bytes, to: &writer)
                position = batch.through
                continue
            }
            let kinds = await session.signal.next()
            if kinds == .beat {
                var ping = ByteBuffer()
                try ping.writeEvent("ping", id: position, PingEvent())
                try await session.write(ping, to: &writer)
            }
        }
    }

    // MARK: Logs

    /// `GET /api/runs/{r}/log/stream` and `GET /api/tasks/{t}/runs/{r}/log/stream`
    ///
    /// With `Last-Event-ID` all lines after it come, however many there are.
    @concurrent @Sendable
    func log(_ request: Request, _ context: APIContext) async throws -> Response {
        var query = QueryReader(request, context)
        let from = query.integer("from", in: Int64.min...Int64.max) ?? -1000
        let replayLimit = query.integer("replay_limit", in: 1...50_000) ?? 5000
        let resume = query.lastEventID(request)
        let run = try await runs.find(context, query: query)
        let extent = try await following.logExtent(of: run)
        try await runs.checkIsStillThere(run)
        let start = LogStart(extent, from: from, replayLimit: replayLimit, resume: resume)
        return response(context) { session, writer in
            try await self.writeLog(of: run, start, session, &writer)
        }
    }

    @concurrent private func writeLog(
        of run: Run,
        _ start: LogStart,
        _ session: StreamSession,
        _ writer: inout any ResponseBodyWriter
    ) async throws {
        var position = start.position
        var toldFirst = start.toldFirst
        let log = streams.beginLog(of: run, session.signal)
        defer { streams.endLog(log, session.signal) }
        var first = ByteBuffer(string: ":\n\n")
        if let dropped = start.dropped { try first.writeEvent("dropped", dropped) }
        try await session.write(first, to: &writer)
        while !session.signal.hasEnded {
            // The end is looked at first: what is not there afterwards never will be.
            let hasEnded = log.hasEnded
            if let batch = try await log.feed.batch(after: position) {
                if batch.firstAvailable > toldFirst {
                    toldFirst = batch.firstAvailable
                    var rotated = ByteBuffer()
                    try rotated.writeEvent("rotated", LogRotatedEvent(firstAvailable: toldFirst))
                    try await session.write(rotated, to: &writer)
                }
                try await session.write(batch.bytes, to: &writer)
                position = batch.through
                continue
            }
            if hasEnded {
                var done = ByteBuffer()
                try done.writeEvent("done", try await self.done(run))
                return try await session.write(done, to: &writer)
            }
            if await session.signal.next() == .beat {
                log.watchIfUnwatched()
                try await session.write(ByteBuffer(string: ":\n\n"), to: &writer)
            }
        }
    }

    private func done(_ run: Run) async throws -> LogDoneEvent {
        let extent = try await following.logExtent(of: run)
        let isThere = try await runs.store.run(run.id) != nil
        return LogDoneEvent(finalLine: Int64(extent.totalLines) - 1, status: isThere ? "ended" : "deleted")
    }

    // MARK: Both

    private func response(
        _ context: APIContext,
        _ body: @escaping @concurrent @Sendable (StreamSession, inout any ResponseBodyWriter) async throws -> Void
    ) -> Response {
        let streams = streams
        return Response(
            status: .ok,
            headers: Self.headers,
            body: ResponseBody { writer in
                let session = StreamSession(
                    on: context.connection,
                    heartbeat: streams.heartbeat,
                    until: streams.goingDown
                )
                defer { session.close() }
                try await body(session, &writer)
                try await writer.finish(nil)
            }
        )
    }

    private static let headers: HTTPFields = [
        .contentType: "text/event-stream",
        // nginx would gather what it passes on.
        HTTPField.Name("X-Accel-Buffering")!: "no",
    ]
}

/// Where the stream of a log begins.
struct LogStart: Equatable {
    /// The number before that of the first line.
    var position: Int64
    /// The lines that are there and are passed over, for there are too many.
    var dropped: LogDroppedEvent?
    /// The first line that is there, as far as the client knows or need not care.
    var toldFirst: Int64

    init(_ extent: RunLogExtent, from: Int64, replayLimit: Int64, resume: Int64?) {
        let (first, total) = (Int64(extent.firstAvailable), Int64(extent.totalLines))
        var start: Int64
        if let resume {
            start = resume == .max ? .max : resume + 1
        } else {
            start = from >= 0 ? from : max(first, total + max(from, -total))
            let backlog = total - max(start, first)
            if backlog > replayLimit {
                dropped = LogDroppedEvent(after: max(start, first) - 1, count: backlog - replayLimit)
            }
        }
        toldFirst = start < first ? 0 : first
        if let dropped {
            start = dropped.after + dropped.count + 1
        }
        position = start - 1
    }
}

extension QueryReader {
    /// The id of the last event that the client has received; nil where it does not say.
    mutating func lastEventID(_ request: Request) -> Int64? {
        guard let text = request.headers[HTTPField.Name("Last-Event-ID")!], !text.isEmpty else { return nil }
        if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let id = Int64(text) { return id }
        fault("header.Last-Event-ID", "expected the id of an event, an integer of 0 or more", value: text)
        return nil
    }
}
