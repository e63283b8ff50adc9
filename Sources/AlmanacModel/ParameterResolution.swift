/// What becomes of the parameters that a caller gives to a run.
package enum ParameterResolution {
    /// The values of a run's parameters.
    ///
    /// - Parameters:
    ///   - given: the caller's values; nil leaves a parameter out, its default included, and an empty string is an
    ///     empty value. A parameter that is not among them takes its default.
    ///   - parameters: the task's.
    /// - Returns: the values by key, without the parameters that are left out; or all faults, those of declared
    ///   parameters first and in their order, the others by key.
    package static func values(
        given: [String: String?],
        for parameters: [ParameterDefinition]
    ) -> Result<[String: String], ParameterFaults> {
        var values: [String: String] = [:]
        var faults: [ParameterFault] = []
        for parameter in parameters {
            let isGiven = given.index(forKey: parameter.key) != nil
            guard let value = isGiven ? given[parameter.key] ?? nil : parameter.defaultValue else {
                if parameter.isRequired {
                    faults.append(ParameterFault(key: parameter.key, message: "the parameter is required"))
                }
                continue
            }
            if isGiven, let message = parameter.fault(of: value) {
                // What is too long to be taken is too long to be sent back.
                let isTooLong = value.utf8.count > ParameterDefinition.longestValue
                faults.append(ParameterFault(key: parameter.key, message: message, value: isTooLong ? nil : value))
            }
            values[parameter.key] = value
        }
        let declared = Set(parameters.map(\.key))
        for key in given.keys.filter({ !declared.contains($0) }).sorted() {
            faults.append(ParameterFault(key: key, message: "the task has no such parameter"))
        }
        return faults.isEmpty ? .success(values) : .failure(ParameterFaults(faults))
    }
}

/// What is wrong with one parameter of a run.
package struct ParameterFault: Hashable, Sendable {
    package var key: String
    /// What was expected; it does not show the value.
    package var message: String
    /// As it was given; nil where there is none, or one that is too long.
    package var value: String?

    package init(key: String, message: String, value: String? = nil) {
        self.key = key
        self.message = message
        self.value = value
    }
}

/// Everything that is wrong with the parameters of a run.
package struct ParameterFaults: Error, Hashable, Sendable {
    /// Never empty.
    package let faults: [ParameterFault]

    /// - Precondition: there is at least one fault.
    package init(_ faults: [ParameterFault]) {
        precondition(!faults.isEmpty, "parameters without faults were refused")
        self.faults = faults
    }
}

extension ParameterDefinition {
    /// What is wrong with a value; nil where it may be taken.
    package func fault(of value: String) -> String? {
        if let fault = typeFault(of: value) { return fault }
        guard choices.isEmpty || allowsCustom || choices.contains(where: { $0.utf8.elementsEqual(value.utf8) }) else {
            return "expected one of its choices: " + choices.joined(separator: ", ")
        }
        return nil
    }

    /// What is wrong with a value, its choices aside: its length, a NUL, its type.
    package func typeFault(of value: String) -> String? {
        let count = value.utf8.count
        guard count <= Self.longestValue else {
            return "expected at most \(Self.longestValue) bytes, found \(count)"
        }
        // No argument and no variable of a process can hold one.
        guard !value.utf8.contains(0) else { return "expected a value without NUL characters" }
        switch type {
        case .string: return nil
        case .int: return Int64(value) == nil ? "expected a whole number such as 42" : nil
        case .float: return Self.isDecimal(value) ? nil : "expected a number such as 1.5"
        case .bool: return value == "true" || value == "false" ? nil : "expected true or false"
        }
    }

    /// Whether it is a finite number in decimal digits, perhaps with a sign, a fraction and an exponent.
    private static func isDecimal(_ text: String) -> Bool {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "e"),
                UInt8(ascii: "E"):
                true
            default: false
            }
        }
        return isPlain && Double(text)?.isFinite == true
    }
}
