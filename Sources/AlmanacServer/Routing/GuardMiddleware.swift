import AlmanacAPI
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

/// Lets a request in, or not: first its host, then its origin, then its caller.
struct GuardMiddleware: RouterMiddleware {
    let host: HostPolicy
    let origin: OriginPolicy
    let authenticator: Authenticator
    let publicPaths: PublicPaths

    @concurrent func handle(
        _ request: Request,
        context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        guard request.uri.path.hasPrefix("/") else {
            throw ProblemError(.badRequest, "The request's target is not a path.")
        }
        let endpoint = context.connection.endpoint
        let client = RequestOrigin(
            of: request.head,
            on: context.connection,
            trusting: authenticator.settings.trustedProxies
        )
        try host.check(request.head, from: client, at: endpoint)
        let authority = client.authority.flatMap { $0.isEmpty ? nil : $0 } ?? "localhost"
        context.record.baseAddress = "\(client.scheme)://\(authority)"
        try origin.check(request.head, from: client)
        if !publicPaths.contain(request.uri.path) {
            context.caller = try authenticator.caller(of: request.head, at: endpoint, from: client)
        }
        return try await next(request, context)
    }
}

/// The paths of the operations that are for everyone.
struct PublicPaths: Sendable {
    private var paths: Set<String> = []
    /// What stands before a path's parameter, which is its end.
    private var prefixes: [String] = []
    /// Whether no operation is for known callers alone, so that there is nothing to keep from anybody.
    private let areAll: Bool

    init(_ operations: [APIOperation]) {
        areAll = operations.allSatisfy { $0.access == .everyone }
        for operation in operations where operation.access == .everyone {
            if let brace = operation.path.firstIndex(of: "{") {
                prefixes.append(String(operation.path[..<brace]))
            } else {
                paths.insert(operation.path)
            }
        }
    }

    func contain(_ path: String) -> Bool {
        areAll || paths.contains(path) || prefixes.contains { path.hasPrefix($0) }
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
