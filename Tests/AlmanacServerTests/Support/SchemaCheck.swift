import AlmanacAPI
import AlmanacCalendar

/// Judges JSON by a schema, draft 2020-12, as far as the API's own document uses it. Written for tests: an unknown keyword is a
/// fault of the schema.
struct SchemaCheck {
    let components: [String: JSONSchema]

    private static let annotations: Set<String> = [
        "description", "examples", "default", "readOnly", "title", "$schema", "$defs",
    ]

    /// What is wrong with a value; empty where it fits.
    func faults(of value: JSONValue, _ schema: JSONValue, at place: String = "") -> [String] {
        switch schema {
        case .bool(true): return []
        case .bool(false): return ["\(place) may not be there"]
        case .object(let keywords):
            return keywords.keys.sorted().flatMap { keyword in
                self.faults(of: value, keyword, keywords[keyword] ?? .null, keywords, place)
            }
        case .null, .integer, .number, .string, .array: return ["\(place) has a schema that is none"]
        }
    }

    private func faults(
        of value: JSONValue,
        _ keyword: String,
        _ argument: JSONValue,
        _ schema: [String: JSONValue],
        _ place: String
    ) -> [String] {
        func fault(_ isRight: Bool?) -> [String] {
            isRight == false ? ["\(place) is \(value), against \(keyword) \(argument)"] : []
        }
        switch (keyword, value, argument) {
        case ("$ref", _, .string(let target)):
            let name = String(target.split(separator: "/").last ?? "")
            guard let schema = components[name] else { return ["\(target) leads nowhere"] }
            return faults(of: value, .object(schema.keywords), at: place)
        case ("type", _, .string(let name)): return fault(value.isOf(name))
        case ("type", _, .array(let names)): return fault(names.contains { $0.text.map(value.isOf) == true })
        case ("enum", _, .array(let values)): return fault(values.contains(value))
        case ("const", _, _): return fault(value == argument)
        case ("minimum", .integer(let number), .integer(let bound)): return fault(number >= bound)
        case ("minimum", .number(let number), .integer(let bound)): return fault(number >= Double(bound))
        case ("maximum", .integer(let number), .integer(let bound)): return fault(number <= bound)
        case ("minLength", .string(let text), .integer(let bound)): return fault(text.unicodeScalars.count >= bound)
        case ("maxLength", .string(let text), .integer(let bound)): return fault(text.unicodeScalars.count <= bound)
        case ("pattern", .string(let text), .string(let pattern)):
            return fault((try? Regex(pattern).firstMatch(in: text)) != nil)
        case ("format", .string(let text), .string("date-time")): return fault(Timestamp(rfc3339: text) != nil)
        case ("required", .object(let members), .array(let names)):
            return names.compactMap(\.text).filter { members[$0] == nil }.map { "\(place).\($0) is missing" }
        case ("properties", .object(let members), .object(let schemas)):
            return members.keys.sorted().flatMap { name in
                schemas[name].map { faults(of: members[name] ?? .null, $0, at: "\(place).\(name)") } ?? []
            }
        case ("additionalProperties", .object(let members), _):
            let known = schema["properties"]?.memberNames ?? []
            return members.keys.sorted().filter { !known.contains($0) }.flatMap { name in
                faults(of: members[name] ?? .null, argument, at: "\(place).\(name)")
            }
        case ("items", .array(let elements), _):
            return elements.enumerated().flatMap { faults(of: $1, argument, at: "\(place)[\($0)]") }
        case ("oneOf", _, .array(let schemas)):
            return fault(schemas.count { faults(of: value, $0, at: place).isEmpty } == 1)
        case ("minimum", _, _), ("maximum", _, _), ("minLength", _, _), ("maxLength", _, _), ("pattern", _, _),
            ("format", _, _), ("required", _, _), ("properties", _, _), ("additionalProperties", _, _), ("items", _, _):
            return []
        default:
            return Self.annotations.contains(keyword) ? [] : ["\(place): the keyword \(keyword) is not known"]
        }
    }
}

extension JSONValue {
    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    var memberNames: Set<String> {
        guard case .object(let members) = self else { return [] }
        return Set(members.keys)
    }

    /// The member of a name, where it is an object that has one.
    subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    fileprivate func isOf(_ type: String) -> Bool {
        switch self {
        case .null: type == "null"
        case .bool: type == "boolean"
        case .integer: type == "integer" || type == "number"
        case .number(let value): type == "number" || (type == "integer" && value.rounded() == value)
        case .string: type == "string"
        case .array: type == "array"
        case .object: type == "object"
        }
    }
}
