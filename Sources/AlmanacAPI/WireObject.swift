/// A top-level answer of the API: a JSON object that names its own schema.
package protocol WireObject: WireShape, Hashable {
    /// `$schema`, the address of the object's JSON Schema. Written by the server and ignored by it; nil in an object
    /// that stands inside another.
    var schema: String? { get set }
}
