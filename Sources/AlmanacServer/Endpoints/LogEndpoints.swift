import AlmanacAPI
import AlmanacModel
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

/// What runs have printed: `GET .../log` and `GET .../log/raw`.
struct LogEndpoints: Sendable {
    let runs: RunEndpoints
    let logs: any RunLogReading

    init(_ dependencies: APIServer.Dependencies) {
        runs = RunEndpoints(dependencies)
        logs = dependencies.logs
    }

    @concurrent @Sendable
    func page(_ request: Request, _ context: APIContext) async throws -> Response {
        var query = QueryReader(request, context)
        let from = query.integer("from", in: Int64.min...Int64.max) ?? -1000
        let limit = query.integer("limit", in: 1...10_000) ?? 1000
        let run = try await runs.find(context, query: query)
        let page = try await logs.logPage(of: run, from: Int(from), limit: Int(limit))
        try await runs.checkIsStillThere(run)
        return try Response(LogPage(page), context)
    }

    @concurrent @Sendable
    func raw(_ request: Request, _ context: APIContext) async throws -> Response {
        let chunks = try await chunks(request, context)
        return Response(
            status: .ok,
            headers: Self.rawHeaders,
            body: ResponseBody { writer in
                while let chunk = try await chunks.next() {
                    try await writer.write(ByteBuffer(bytes: chunk))
                }
                try await writer.finish(nil)
            }
        )
    }

    /// `HEAD .../log/raw`: how long the log is now, which takes reading it.
    @concurrent @Sendable
    func rawHead(_ request: Request, _ context: APIContext) async throws -> Response {
        let chunks = try await chunks(request, context)
        var length = 0
        while let chunk = try await chunks.next() { length += chunk.count }
        var headers = Self.rawHeaders
        headers[.contentLength] = String(length)
        return Response(status: .ok, headers: headers)
    }

    private func chunks(_ request: Request, _ context: APIContext) async throws -> any RunLogChunks {
        let run = try await runs.find(context, query: QueryReader(request, context))
        let chunks = try await logs.rawLog(of: run)
        try await runs.checkIsStillThere(run)
        return chunks
    }

    private static let rawHeaders: HTTPFields = [.contentType: "text/plain; charset=utf-8"]
}
