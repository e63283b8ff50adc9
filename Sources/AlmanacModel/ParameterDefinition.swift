/// A value that a run by hand can be given: `params` of a task.
package struct ParameterDefinition: Hashable, Sendable {
    /// How the value reaches the command; never as a part of the shell text.
    package enum Kind: String, Sendable, CaseIterable {
        /// A variable of its environment.
        case env
        /// A positional argument, `$1` and on, in the order of the definitions.
        case arg
        /// An option with its value, two arguments.
        case option
        /// An option without a value, there when the value is `true`.
        case flag
    }

    /// What a value must be.
    package enum ValueType: String, Sendable, CaseIterable {
        case string
        case int
        case float
        case bool
    }

    package var kind: Kind
    /// The variable's name, the argument's name, or the option as it is written (`--region`).
    package var key: String
    package var type: ValueType
    package var defaultValue: String?
    package var choices: [String]
    /// Whether values beside the choices are taken.
    package var allowsCustom: Bool
    package var summary: String?
    package var isRequired: Bool

    /// The longest value, in bytes.
    package static let longestValue = 32 << 10

    package init(
        kind: Kind,
        key: String,
        type: ValueType = .string,
        defaultValue: String? = nil,
        choices: [String] = [],
        allowsCustom: Bool = false,
        summary: String? = nil,
        isRequired: Bool = false
    ) {
        self.kind = kind
        self.key = key
        self.type = type
        self.defaultValue = defaultValue
        self.choices = choices
        self.allowsCustom = allowsCustom
        self.summary = summary
        self.isRequired = isRequired
    }
}
