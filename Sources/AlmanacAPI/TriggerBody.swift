/// The body of a trigger; optional as a whole.
package struct TriggerBody: WireShape, Hashable {
    package static let schemaName = "TriggerRunInputBody"

    /// The run's parameters by key. A null leaves the parameter out, its default included; an empty string passes an
    /// empty value; an absent key takes the default.
    package var params: [String: String?]?

    package init(params: [String: String?]? = nil) {
        self.params = params
    }
}
