/// A JSON object of the API that the OpenAPI document names.
///
/// What it holds is read off its `init(from:)`; `members` says what types can't.
package protocol WireShape: Codable, Sendable {
    /// The last part of the schema's address without its ending: `Run` for `/schemas/Run.json`.
    static var schemaName: String { get }

    /// What its members mean, by their names in JSON.
    static var members: [String: WireMember] { get }

    /// What holds of its members together; nil for nothing.
    static var constraint: JSONSchema? { get }
}

extension WireShape {
    package static var members: [String: WireMember] { [:] }
    package static var constraint: JSONSchema? { nil }
}

/// What a member of an object means, and what its type doesn't say of it.
package struct WireMember: Sendable {
    package var description: String
    /// Takes precedence, keyword by keyword, over what the member's type says.
    package var schema: JSONSchema
    /// The same for the elements of an array.
    package var elements: JSONSchema?

    package init(_ description: String, _ schema: JSONSchema = JSONSchema([:]), elements: JSONSchema? = nil) {
        self.description = description
        self.schema = schema
        self.elements = elements
    }
}

extension WireMember: ExpressibleByStringLiteral {
    package init(stringLiteral description: String) {
        self.init(description)
    }
}
