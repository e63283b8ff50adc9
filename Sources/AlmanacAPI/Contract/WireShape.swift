/// A JSON object of the API that has a schema of its own, be it an answer, a body or a part of one.
package protocol WireShape: Codable, Sendable {
    /// The last part of the schema's address without its ending: `Run` for `/schemas/Run.json`.
    static var schemaName: String { get }
}
