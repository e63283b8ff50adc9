package import AlmanacAPI
import AlmanacCalendar
import AlmanacModel
import HTTPTypes
import Hummingbird
package import HummingbirdCore
package import Logging
import NIOCore
import NIOPosix

/// Turns requests into answers, whatever they came over.
package struct APIResponder: Sendable {
    private let routes: RouterResponder<APIContext>
    private let clock: any WallClock
    private let metrics: RequestMetrics
    private let goingDown: OneShotSignal
    private let logger: Logger

    /// A body larger than this that no handler has read costs the client its connection.
    private static let largestIgnoredBody = 64 * 1024

    init(
        _ operations: [APIOperation],
        dependencies: APIServer.Dependencies,
        port: UInt16?,
        goingDown: OneShotSignal,
        streams: LiveStreams,
        logger: Logger
    ) {
        routes = APIRoutes(
            operations,
            dependencies: dependencies,
            port: port,
            goingDown: goingDown,
            streams: streams
        ).responder()
        clock = dependencies.clock
        metrics = dependencies.requestMetrics
        self.goingDown = goingDown
        self.logger = logger
    }

    /// For answering without a transport.
    package init(
        _ operations: [APIOperation] = APIOperation.all,
        dependencies: APIServer.Dependencies,
        port: UInt16?,
        logger: Logger
    ) {
        let goingDown = OneShotSignal()
        let streams = LiveStreams(
            dependencies,
            goingDown: goingDown,
            heartbeat: APIServer.Limits().heartbeat,
            eventLoop: NIOSingletons.posixEventLoopGroup.any()
        )
        self.init(
            operations,
            dependencies: dependencies,
            port: port,
            goingDown: goingDown,
            streams: streams,
            logger: logger
        )
    }

    /// Answers a request; what goes wrong is an answer too.
    package func respond(to request: Request, on connection: ClientConnection) async -> Response {
        let start = ContinuousClock.now
        connection.beginRequest(withBody: request.mayHaveBody(over: Self.largestIgnoredBody))
        let requestID = RequestID()
        var logger = logger
        logger[metadataKey: "request"] = .stringConvertible(requestID)
        let record = RequestRecord()
        let context = APIContext(
            source: APIContext.Source(logger: logger, requestID: requestID, connection: connection, record: record)
        )
        var response: Response
        do {
            response = try await routes.respond(to: request, context: context)
        } catch {
            // ProblemMiddleware answers every error.
            response = ProblemError(.internalServerError, nil).response()
        }
        if request.method == .head {
            response = response.createHeadResponse()
        }
        response.headers[.date] = HTTPDate.text(clock.now.timestamp)
        response.headers[.cacheControl] = "no-store"
        response.headers[.xContentTypeOptions] = "nosniff"
        if connection.hasUnreadBody || goingDown.hasFired {
            response.headers[.connection] = "close"
        }
        metrics.noteAnswer(to: record.operation, response.status, after: start.duration(to: .now))
        logger.debug(
            "Answered",
            metadata: [
                "method": "\(request.method.rawValue)", "path": "\(request.uri.path)",
                "status": "\(response.status.code)",
            ]
        )
        return response
    }
}

extension Request {
    /// Whether a body comes with the request that has more than so many bytes, or does not say how many.
    func mayHaveBody(over count: Int) -> Bool {
        if headers.contains(.transferEncoding) { return true }
        guard let length = headers[.contentLength] else { return false }
        return Int(length).map { $0 > count } ?? true
    }
}

/// The Date header.
enum HTTPDate {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// IMF-fixdate, `Sun, 06 Nov 1994 08:49:37 GMT`: RFC 9110 5.6.7.
    static func text(_ instant: Timestamp) -> String {
        let utc = ZoneRules.utc.wallTime(at: instant)
        let day = utc.date.day < 10 ? "0\(utc.date.day)" : "\(utc.date.day)"
        return "\(days[utc.date.weekday]), \(day) \(months[utc.date.month - 1]) \(utc.date.year) \(utc.time) GMT"
    }
}
