import AlmanacAPI
import AlmanacModel
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1

/// Answers every error with a problem.
struct ProblemMiddleware: RouterMiddleware {
    @concurrent func handle(
        _ request: Request,
        context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            var refusal = self.refusal(for: error, request, context)
            refusal.problem.schema = context.schemaAddress(of: Problem.self)
            return refusal.response()
        }
    }

    private func refusal(for error: any Error, _ request: Request, _ context: APIContext) -> ProblemError {
        switch error {
        case let error as ProblemError:
            return error
        case let error as HTTPParserError:
            // Found while a handler read the body: nothing after it can be trusted.
            return .parser(error)
        case let error as HTTPError:
            return ProblemError(error.status, error.body, headers: error.headers)
        default:
            context.logger.error(
                "A request failed",
                metadata: [
                    "event": "\(LoggedEvent.requestFailed)", "path": "\(request.uri.path)", "error": "\(error)",
                ]
            )
            var problem = ProblemError(
                .internalServerError,
                "The daemon could not do this; its log says why."
            )
            problem.problem.instance = "urn:almanac:request:\(context.requestID)"
            return problem
        }
    }
}
