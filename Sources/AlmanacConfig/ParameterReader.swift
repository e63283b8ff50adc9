import AlmanacModel

/// Reads `params` of a task.
enum ParameterReader {
    /// - Parameter runsByItself: whether runs are made that nobody gives any values.
    static func parameters(from table: inout TableReader, runsByItself: Bool) -> [ParameterDefinition] {
        var parameters: [ParameterDefinition] = []
        table.tables(inArray: "params", example: #"{ env = "REGION" }"#) { element in
            guard let parameter = parameter(from: &element) else { return }
            if parameters.contains(where: { $0.key == parameter.key }) {
                element.report("\(Quotation(parameter.key)) is defined a second time", key: parameter.kind.rawValue)
            }
            if runsByItself, parameter.isRequired, parameter.defaultValue == nil {
                element.report(
                    "\(Quotation(parameter.key)) is required and has no default, so the task cannot run by itself; "
                        + "add a default, or remove cron and run_on_start",
                    key: "required"
                )
            }
            parameters.append(parameter)
        }
        return parameters
    }

    /// - Returns: nil where it has not just one name; then a fault has been reported.
    private static func parameter(from table: inout TableReader) -> ParameterDefinition? {
        let names = ParameterDefinition.Kind.allCases.compactMap { kind in
            table.optional(kind.rawValue, .parameterName(kind)).map { (kind, $0) }
        }
        let isNamed = ParameterDefinition.Kind.allCases.filter { table.contains($0.rawValue) }.count
        let type = table.optional("type", .choice) as ParameterDefinition.ValueType?
        let choices = table.array("choices", of: .scalar, expecting: #"an array of values such as ["eu", "us"]"#)
        let defaultValue = table.optional("default", .scalar)
        let summary = table.optional("description", .text)
        let otherSummary = table.optional("desc", .text)
        let isRequired = table.value("required", .boolean, default: false)
        let allowsCustom = table.value("allow_custom", .boolean, default: false)

        let kinds = Choice.list(ParameterDefinition.Kind.allCases.map(\.rawValue), quoted: false)
        if isNamed != 1 { table.report("expected just one of \(kinds), found \(isNamed == 0 ? "none" : "\(isNamed)")") }
        guard isNamed == 1, let (kind, key) = names.first else { return nil }
        if kind == .flag, let type, type != .bool { table.report("a flag is a bool", key: "type") }
        if kind == .flag, choices != nil { table.report("a flag is true or false; remove the key", key: "choices") }

        var parameter = ParameterDefinition(
            kind: kind,
            key: key,
            type: kind == .flag ? .bool : type ?? .string,
            choices: kind == .flag ? [] : choices ?? [],
            allowsCustom: allowsCustom,
            summary: summary ?? otherSummary,
            isRequired: isRequired
        )
        for choice in parameter.choices {
            if let fault = parameter.typeFault(of: choice) { table.report(fault, key: "choices") }
        }
        if let defaultValue {
            if let fault = parameter.fault(of: defaultValue) { table.report(fault, key: "default") }
            parameter.defaultValue = defaultValue
        }
        return parameter
    }
}

extension ValueFormat<String> {
    /// What a parameter is called: the name of a variable or of an argument, or an option as it is written.
    fileprivate static func parameterName(_ kind: ParameterDefinition.Kind) -> Self {
        switch kind {
        case .env: string(#"a variable's name such as "REGION""#) { VariableName.isValid($0.utf8) }
        case .arg: string(#"an argument's name such as "file""#) { isWord($0) && !$0.hasPrefix("-") }
        case .option, .flag: string(#"an option such as "--region""#) { isWord($0) && $0.hasPrefix("-") }
        }
    }

    /// Whether it is 1 to 100 visible ASCII characters, none of them `=`.
    private static func isWord(_ text: String) -> Bool {
        (1...100).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "=") }
    }
}
