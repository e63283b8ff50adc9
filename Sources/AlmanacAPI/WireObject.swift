/// A top-level answer of the API: a JSON object that names its own schema.
package protocol WireObject: Codable, Sendable, Hashable {
    /// The last part of the schema's address without its ending: `Run` for `/schemas/Run.json`.
    static var schemaName: String { get }

    /// `$schema`, the address of the object's JSON Schema. Written by the server and ignored by it; nil in an object
    /// that stands inside another.
    var schema: String? { get set }
}
