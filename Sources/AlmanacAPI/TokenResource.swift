/// A token, as the API shows it: without the token itself.
package struct TokenResource: WireShape, Hashable {
    package static let schemaName = "Token"

    package var name: String
    /// `read`, `trigger`, `trigger:TASK` or `admin`, each once.
    package var scopes: [String]
    package var createdAt: String
    /// The first instant at which it is worth nothing; nil for never.
    package var expiresAt: String?
    /// When it last let somebody in; nil for never.
    package var lastUsedAt: String?

    package init(
        name: String,
        scopes: [String],
        createdAt: String,
        expiresAt: String? = nil,
        lastUsedAt: String? = nil
    ) {
        self.name = name
        self.scopes = scopes
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.lastUsedAt = lastUsedAt
    }

    package enum CodingKeys: String, CodingKey {
        case name, scopes
        case createdAt = "created_at"
        case expiresAt = "expires_at"
        case lastUsedAt = "last_used_at"
    }
}

/// A token that has just been made: the only answer that holds the token itself.
package struct NewToken: WireObject {
    package static let schemaName = "NewToken"

    package var schema: String?
    package var name: String
    package var scopes: [String]
    package var createdAt: String
    package var expiresAt: String?
    /// What its holder sends, `Authorization: Bearer almanac_...`. It cannot be asked for again.
    package var token: String

    package init(_ resource: TokenResource, token: String) {
        name = resource.name
        scopes = resource.scopes
        createdAt = resource.createdAt
        expiresAt = resource.expiresAt
        self.token = token
    }

    package enum CodingKeys: String, CodingKey {
        case schema = "$schema"
        case name, scopes
        case createdAt = "created_at"
        case expiresAt = "expires_at"
        case token
    }
}

/// What a token is to be.
package struct TokenBody: WireShape, Hashable {
    package static let schemaName = "TokenBody"

    package var name: String
    package var scopes: [String]
    /// RFC 3339; nil for never.
    package var expiresAt: String?

    package init(name: String, scopes: [String], expiresAt: String? = nil) {
        self.name = name
        self.scopes = scopes
        self.expiresAt = expiresAt
    }

    package enum CodingKeys: String, CodingKey {
        case name, scopes
        case expiresAt = "expires_at"
    }
}
