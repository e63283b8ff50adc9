import FoundationEssentials

/// How the types of this module become bytes, on both sides.
package enum WireCoding {
    /// Writes JSON with its members sorted by name, so that equal values are equal bytes.
    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        guard let value = value as? any JSONWritable else { return try encodeGenerally(value) }
        var writer = JSONWriter(capacity: value.jsonSize)
        try value.write(to: &writer)
        return writer.bytes
    }

    /// The same of any value; what writes itself is tested against it.
    static func encodeGenerally(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(value))
    }

    /// Reads JSON.
    ///
    /// - Throws: `DecodingError`, for text that is no JSON, for JSON of another shape and for nesting deeper than 512.
    package static func decode<Value: Decodable>(_ type: Value.Type, from bytes: some Sequence<UInt8>) throws -> Value {
        try JSONDecoder().decode(type, from: Data(bytes))
    }
}
