import AlmanacAPI
import AlmanacModel

/// What a trigger's body asks for: `{"params": {KEY: string|null}}`.
struct TriggerParams: JSONBodyReading {
    static let example = "{\"params\": {}}"

    /// By key. A null leaves the parameter out; what is neither a string nor null is a fault.
    private(set) var values: [String: String?] = [:]
    var faults = RequestFaults()

    /// The keys whose values are faults, of which nothing more is said.
    private var misread: Set<String> = []

    /// What the run gets.
    ///
    /// - Returns: the values by key. What the task does not take is a fault each, and there are no values then.
    mutating func resolve(for task: TaskDefinition) -> [String: String] {
        // Of parameters that cannot be read at all none is missing.
        if faults.concern("body") || faults.concern("body.params") { return [:] }
        switch ParameterResolution.values(given: values, for: task.parameters) {
        case .success(let resolved):
            return resolved
        case .failure(let failure):
            for fault in failure.faults where !misread.contains(fault.key) {
                faults.add("body.params.\(fault.key)", fault.message, value: found(fault.key))
            }
            return [:]
        }
    }

    mutating func read(_ name: String, of body: KeyedDecodingContainer<JSONBodyKey>, _ key: JSONBodyKey) {
        guard name == "params" else {
            faults.add("body.\(name)", "is not known; expected params")
            return
        }
        guard let container = try? body.nestedContainer(keyedBy: JSONBodyKey.self, forKey: key) else {
            faults.add("body.params", "expected an object of strings", value: body.found(key))
            return
        }
        for key in container.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
            if (try? container.decodeNil(forKey: key)) == true {
                values[key.stringValue] = .some(nil)
            } else if let value = try? container.decode(String.self, forKey: key) {
                values[key.stringValue] = value
            } else {
                faults.add(
                    "body.params.\(key.stringValue)",
                    "expected a string or null",
                    value: container.found(key)
                )
                misread.insert(key.stringValue)
            }
        }
    }

    /// A value as it was given; nil where there is none, and for one that is too long to be sent back.
    private func found(_ key: String) -> JSONValue? {
        guard let given = values[key] else { return nil }
        guard let value = given else { return .null }
        return value.utf8.count > ParameterDefinition.longestValue ? nil : .string(value)
    }
}
