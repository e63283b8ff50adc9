import AlmanacAPI
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1

/// A request that is refused, with what the caller is told.
struct ProblemError: Error {
    var problem: Problem
    var headers: HTTPFields

    static let mediaType = Problem.mediaType

    init(_ status: HTTPResponse.Status, _ detail: String?, headers: HTTPFields = [:], errors: [ProblemDetail]? = nil) {
        problem = Problem(
            title: status.reasonPhrase,
            status: status.code,
            detail: detail,
            errors: errors
        )
        self.headers = headers
    }

    static func notFound(_ detail: String) -> ProblemError {
        ProblemError(.notFound, detail)
    }

    static func forbidden(_ detail: String) -> ProblemError {
        ProblemError(.forbidden, detail)
    }

    /// What is no HTTP.
    static func parser(_ error: HTTPParserError) -> ProblemError {
        switch error {
        case .headerOverflow:
            ProblemError(.requestHeaderFieldsTooLarge, "The request's head is too large.")
        default:
            ProblemError(.badRequest, "The request is not HTTP: \(error).")
        }
    }

    func encoded() -> [UInt8] {
        // A problem holds strings and integers, which always can be written.
        (try? WireCoding.encode(problem)) ?? []
    }

    func response() -> Response {
        var headers = headers
        headers[.contentType] = Self.mediaType
        return Response(
            status: HTTPResponse.Status(code: problem.status),
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: encoded()))
        )
    }
}
