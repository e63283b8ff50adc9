import AlmanacAPI
import AlmanacModel
import HTTPTypes
import Hummingbird
import HummingbirdCore

/// The tokens: their list, a new one, and the end of one.
struct TokenEndpoints: Sendable {
    let tokens: TokenRegister
    let clock: any WallClock

    init(_ dependencies: APIServer.Dependencies) {
        tokens = dependencies.tokens
        clock = dependencies.clock
    }

    /// `GET /api/tokens`
    @concurrent @Sendable
    func list(_ request: Request, _ context: APIContext) async throws -> Response {
        try QueryReader(request, context).faults.check()
        return try Response(json: tokens.all.map { TokenResource($0) })
    }

    /// `POST /api/tokens`: the only answer that holds the token. 409 where there is one of that name, and for an end that
    /// has passed.
    @concurrent @Sendable
    func make(_ request: Request, _ context: APIContext) async throws -> Response {
        let body = try await JSONBody.read(request, context.connection)
        var asked = TokenAsked(body: body?.readableBytesView)
        asked.check()
        var faults = QueryReader(request, context).faults
        faults.add(contentsOf: asked.faults)
        try faults.check()
        if let expiresAt = asked.expiresAt, expiresAt <= clock.now {
            throw RequestFaults.hasPassed("body.expires_at", value: asked.expiresAtText.map { .string($0) })
        }
        guard let name = asked.name else { preconditionFailure("a body without faults names the token") }
        let scopes = asked.scopes.map(\.description).joined(separator: " ")
        let expiry = asked.expiresAt.map { ", until \($0)" } ?? ""
        context.record.auditNote = RequestRecord.AuditNote(tokenName: name, detail: scopes + expiry)
        do {
            let (token, secret) = try await tokens.make(named: name, scopes: asked.scopes, expiresAt: asked.expiresAt)
            return try Response(
                NewToken(TokenResource(token), token: secret.text),
                status: .created,
                context
            )
        } catch TokenRegister.Refusal.nameTaken {
            throw ProblemError(.conflict, "There is a token named \(name) already.")
        } catch TokenRegister.Refusal.tooMany {
            throw ProblemError(.conflict, "There are \(TokenRegister.limit) tokens already; revoke some.")
        }
    }

    /// `DELETE /api/tokens/{tokenName}`
    @concurrent @Sendable
    func revoke(_ request: Request, _ context: APIContext) async throws -> Response {
        var faults = RequestFaults()
        let name = RequestPath(context: context).tokenName(&faults)
        faults.add(contentsOf: QueryReader(request, context).faults)
        try faults.check()
        guard let name else { preconditionFailure("a path without faults names a token") }
        guard try await tokens.revoke(name) else { throw ProblemError.notFound("There is no token named \(name).") }
        return Response(status: .noContent)
    }
}

extension TokenResource {
    init(_ token: APIToken) {
        self.init(
            name: token.name,
            scopes: token.scopes.map(\.description),
            createdAt: token.createdAt.description,
            expiresAt: token.expiresAt?.description,
            lastUsedAt: token.lastUsedAt?.description
        )
    }
}
