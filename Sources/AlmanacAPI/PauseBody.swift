/// The body of a pause; optional as a whole.
package struct PauseBody: WireShape, Hashable {
    package static let schemaName = "PauseBody"

    /// When the pause ends by itself, exclusive, RFC 3339; nil for never.
    package var until: String?

    package init(until: String? = nil) {
        self.until = until
    }
}
