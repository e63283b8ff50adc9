/// A JSON Schema, draft 2020-12 as OpenAPI 3.1 takes it.
package struct JSONSchema: Sendable, Hashable, Codable {
    package var keywords: [String: JSONValue]

    package init(_ keywords: [String: JSONValue]) {
        self.keywords = keywords
    }

    package init(from decoder: any Decoder) throws {
        keywords = try decoder.singleValueContainer().decode([String: JSONValue].self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(keywords)
    }

    package static let boolean = JSONSchema(["type": .string("boolean")])

    /// An int64 within bounds.
    package static func integer(_ bounds: ClosedRange<Int64>, default defaultValue: Int64? = nil) -> JSONSchema {
        var keywords: [String: JSONValue] = [
            "type": "integer", "format": "int64",
            "minimum": .integer(bounds.lowerBound), "maximum": .integer(bounds.upperBound),
        ]
        if let defaultValue { keywords["default"] = .integer(defaultValue) }
        return JSONSchema(keywords)
    }

    /// A text of so many characters.
    package static func string(lengths: ClosedRange<Int64>? = nil, pattern: String? = nil) -> JSONSchema {
        var keywords: [String: JSONValue] = ["type": .string("string")]
        if let lengths {
            keywords["minLength"] = .integer(lengths.lowerBound)
            keywords["maxLength"] = .integer(lengths.upperBound)
        }
        if let pattern { keywords["pattern"] = .string(pattern) }
        return JSONSchema(keywords)
    }

    /// One of a closed set of words.
    package static func word(_ words: [String], default defaultValue: String? = nil) -> JSONSchema {
        var keywords: [String: JSONValue] = ["type": .string("string"), "enum": .array(words.map { .string($0) })]
        if let defaultValue { keywords["default"] = .string(defaultValue) }
        return JSONSchema(keywords)
    }

    /// A point in time, RFC 3339.
    package static let dateTime = JSONSchema(["type": .string("string"), "format": .string("date-time")])

    /// The name of a task: spec/api.md.
    package static let taskName = string(lengths: 1...100, pattern: "^[a-zA-Z0-9._:-]+$")

    /// The id of a run: a ULID.
    package static let runID = string(lengths: 26...26, pattern: "^[0-7][0-9A-HJKMNP-TV-Z]{25}$")

    /// The same as it may be asked for: in either case.
    package static let anyCaseRunID = string(lengths: 26...26, pattern: "^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$")

    /// The same where an empty one stands for none.
    package static let anyCaseRunIDOrNone = string(pattern: "^([0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25})?$")

    /// A list of statuses and end reasons with commas.
    package static let statuses = string(
        pattern: "^,*((\((Words.statuses + Words.endReasons).joined(separator: "|")))(,+|$))*$"
    )

    /// What a search of logs goes on with; for clients a word without a meaning.
    package static let cursor = string(
        pattern: "^([0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}_-?[0-9a-z]{1,12}((_[0-9a-z]{1,12}){3})?)?$"
    )
}
