import AlmanacModel
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

/// `GET /metrics`
///
/// As Prometheus' own libraries do, it answers in OpenMetrics where it is asked for, and in the older text format, which every
/// tool reads, where the client does not say.
struct MetricsEndpoint: Sendable {
    let reading: any MetricsReading

    @concurrent @Sendable
    func metrics(_ request: Request, _ context: APIContext) async throws -> Response {
        try QueryReader(request, context).faults.check()
        let format = MetricsFormat(accepting: request.headers[values: .accept])
        return Response(
            status: .ok,
            headers: [.contentType: format.mediaType, .vary: "Accept"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: await reading.metrics(as: format)))
        )
    }
}

extension MetricsFormat {
    /// The format that the Accept headers of a request prefer: RFC 9110 12.5.1.
    init(accepting headers: [String]) {
        var openMetrics = 0.0
        var text = 0.0
        for range in headers.flatMap({ $0.split(separator: ",") }) {
            let parts = range.split(separator: ";").map { part in
                part.filter { $0 != " " && $0 != "\t" }.lowercased()
            }
            let quality = parts.dropFirst().last { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            switch parts.first {
            case "application/openmetrics-text": openMetrics = max(openMetrics, quality)
            case "text/plain", "text/*", "*/*": text = max(text, quality)
            default: break
            }
        }
        self = openMetrics > 0 && openMetrics >= text ? .openMetrics : .prometheusText
    }
}
