/// A value that a run by hand can be given, as its task declares it.
package struct ParameterResource: WireShape, Hashable {
    package static let schemaName = "TaskParam"

    /// `env`, `arg`, `option` or `flag`.
    package var kind: String
    /// What a trigger's `params` name it by.
    package var key: String
    /// `string`, `int`, `float` or `bool`.
    package var type: String?
    /// The value where a run is given none.
    package var defaultValue: String?
    package var choices: [String]?
    /// Whether values beside the choices are taken.
    package var allowCustom: Bool?
    package var description: String?
    package var required: Bool?

    package init(
        kind: String,
        key: String,
        type: String? = nil,
        defaultValue: String? = nil,
        choices: [String]? = nil,
        allowCustom: Bool? = nil,
        description: String? = nil,
        required: Bool? = nil
    ) {
        self.kind = kind
        self.key = key
        self.type = type
        self.defaultValue = defaultValue
        self.choices = choices
        self.allowCustom = allowCustom
        self.description = description
        self.required = required
    }

    package enum CodingKeys: String, CodingKey {
        case kind, key, type
        case defaultValue = "default"
        case choices
        case allowCustom = "allow_custom"
        case description, required
    }
}
