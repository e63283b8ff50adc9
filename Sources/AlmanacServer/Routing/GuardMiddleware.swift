import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

/// Lets a request in, or not: first its host, then its origin, then its caller.
struct GuardMiddleware: RouterMiddleware {
    let host: HostPolicy
    let origin: OriginPolicy
    let authenticator: Authenticator
    let publicPaths: Set<String>

    @concurrent func handle(
        _ request: Request,
        context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        guard request.uri.path.hasPrefix("/") else {
            throw ProblemError(.badRequest, "The request's target is not a path.")
        }
        try host.check(request.head, at: context.connection.endpoint)
        try origin.check(request.head)
        if !publicPaths.contains(request.uri.path) {
            context.caller = try authenticator.caller(at: context.connection.endpoint)
        }
        let authority = request.head.authority.flatMap { $0.isEmpty ? nil : $0 } ?? "localhost"
        context.baseAddress = "http://\(authority)"
        return try await next(request, context)
    }
}

/// Tells apart what there is not, and what there is for other methods.
struct PathMiddleware: RouterMiddleware {
    let otherMethods: RouterResponder<APIContext>

    @concurrent func handle(
        _ request: Request,
        context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let path = request.uri.path
        let hasEmptySegment = path.contains("//") || (path.count > 1 && path.hasSuffix("/"))
        guard !hasEmptySegment else { throw notFound }
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            var head = request.head
            head.method = .get
            // Hummingbird's router makes an answer of its own not-found; ours for other methods comes as an error.
            _ = try await otherMethods.respond(
                to: Request(head: head, body: RequestBody(buffer: ByteBuffer())),
                context: context
            )
            throw notFound
        }
    }

    private var notFound: ProblemError { .notFound("There is nothing at this path.") }
}
