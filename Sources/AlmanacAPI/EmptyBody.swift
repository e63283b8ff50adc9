/// The body of an operation that takes nothing: an object without members, or none at all.
package struct EmptyBody: WireShape, Hashable {
    package static let schemaName = "EmptyBody"

    package init() {}
}
