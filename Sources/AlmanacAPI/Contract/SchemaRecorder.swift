/// Reads off a type's `init(from:)` what JSON it takes: which members, of which types, and which of them may be absent.
///
/// It hands out values that mean nothing, one element for each array and one member for each dictionary, so that what it notes
/// is what the type really asks for. A type whose `init(from:)` judges the values that it reads can't be recorded.
struct SchemaRecorder {
    /// The named shapes that have been met and not been described yet.
    private(set) var met: [any WireShape.Type] = []

    /// The schema of a type: a reference for one that has a name of its own.
    mutating func schema(of type: any Decodable.Type) -> JSONSchema {
        if let shape = type as? any WireShape.Type {
            met.append(shape)
            return .reference(to: shape.schemaName)
        }
        return Self.leaf(type) ?? record(type).schema
    }

    /// The schema of a named shape itself, described by its members.
    mutating func definition(of shape: any WireShape.Type) -> JSONSchema {
        guard case .object(var object) = record(shape).kind else {
            preconditionFailure("\(shape) is a named shape and no object")
        }
        for (name, member) in shape.members {
            guard let structure = object.properties[name] else {
                preconditionFailure("\(shape) describes \(name), which it has not")
            }
            object.properties[name] = structure.described(by: member)
        }
        if shape is any WireObject.Type { object.properties["$schema"] = .ownSchema }
        return JSONSchema(object.schema.keywords.merging(shape.constraint?.keywords ?? [:]) { own, _ in own })
    }

    private mutating func record(_ type: any Decodable.Type) -> Record {
        let decoder = RecordingDecoder(recorder: self)
        do {
            _ = try type.init(from: decoder)
        } catch {
            preconditionFailure("\(type) can't be recorded: \(error)")
        }
        self = decoder.record.recorder
        return decoder.record
    }

    /// The schema of what holds nothing else; nil for what does.
    fileprivate static func leaf(_ type: any Decodable.Type) -> JSONSchema? {
        switch type {
        case is String.Type: JSONSchema(["type": "string"])
        case is Bool.Type: .boolean
        case is Int.Type, is Int64.Type: JSONSchema(["type": "integer", "format": "int64"])
        case is Double.Type: JSONSchema(["type": "number", "format": "double"])
        case is JSONValue.Type: JSONSchema([:])
        case let words as any (CaseIterable & RawRepresentable).Type: Self.words(words).map { .word($0) }
        default: nil
        }
    }

    private static func words<Word: CaseIterable & RawRepresentable>(_ type: Word.Type) -> [String]? {
        let words = type.allCases.compactMap { $0.rawValue as? String }
        return words.isEmpty ? nil : words
    }

    /// A value of a type, which means nothing.
    fileprivate mutating func value<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let leaf: Any? =
            switch type {
            case is String.Type: ""
            case is Bool.Type: false
            case is Int.Type: 0
            case is Int64.Type: Int64(0)
            case is Double.Type: 0.0
            case is JSONValue.Type: JSONValue.null
            case let words as any CaseIterable.Type: Self.first(words)
            default: nil
            }
        if let leaf = leaf as? Value { return leaf }
        return try Value(from: RecordingDecoder(recorder: SchemaRecorder()))
    }

    private static func first<Word: CaseIterable>(_ type: Word.Type) -> Any? { type.allCases.first }
}

/// What has been noted of one type.
private struct Record {
    struct Object {
        var properties: [String: JSONSchema] = [:]
        var required: Set<String> = []

        var schema: JSONSchema {
            var keywords: [String: JSONValue] = [
                "type": "object", "additionalProperties": false,
                "properties": .object(properties.mapValues(\.value)),
            ]
            if !required.isEmpty { keywords["required"] = .array(required.sorted().map { .string($0) }) }
            return JSONSchema(keywords)
        }
    }

    enum Kind {
        case object(Object)
        case array(of: JSONSchema)
        case map(of: JSONSchema)
        case value(JSONSchema)
    }

    var recorder: SchemaRecorder
    var kind = Kind.object(Object())
    var isNullable = false
    /// Members of which the type has asked whether they are there.
    var asked: Set<String> = []

    var schema: JSONSchema {
        switch kind {
        case .object(let object): return object.schema
        case .array(let element): return JSONSchema(["type": "array", "items": element.value])
        case .map(let element): return JSONSchema(["type": "object", "additionalProperties": element.value])
        case .value(var schema):
            if isNullable, let type = schema.keywords["type"] { schema.keywords["type"] = [type, "null"] }
            return schema
        }
    }

    mutating func note(_ key: any CodingKey, _ type: any Decodable.Type, isRequired: Bool) {
        let schema = recorder.schema(of: type)
        switch kind {
        case .object(var object):
            object.properties[key.stringValue] = schema
            if isRequired && !asked.contains(key.stringValue) { object.required.insert(key.stringValue) }
            kind = .object(object)
        case .map: kind = .map(of: schema)
        case .array, .value: preconditionFailure("an array or a value has no member \(key.stringValue)")
        }
    }
}

private final class RecordingDecoder: Decoder {
    var record: Record

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(recorder: SchemaRecorder) {
        record = Record(recorder: recorder)
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(Members(decoder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { Elements(decoder: self) }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { Single(decoder: self) }

    private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let decoder: RecordingDecoder

        var codingPath: [any CodingKey] { [] }

        /// Only a dictionary asks which there are.
        var allKeys: [Key] {
            decoder.record.kind = .map(of: JSONSchema([:]))
            return [Key(stringValue: "key")].compactMap(\.self)
        }

        func contains(_ key: Key) -> Bool {
            decoder.record.asked.insert(key.stringValue)
            return true
        }

        func decodeNil(forKey key: Key) throws -> Bool { false }

        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            decoder.record.note(key, type, isRequired: true)
            return try decoder.record.recorder.value(type)
        }

        func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
            decoder.record.note(key, type, isRequired: false)
            return nil
        }

        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type,
            forKey key: Key
        ) throws -> KeyedDecodingContainer<Nested> {
            preconditionFailure("a wire type reads its members by their types")
        }

        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
            preconditionFailure("a wire type reads its members by their types")
        }

        func superDecoder() throws -> any Decoder { decoder }

        func superDecoder(forKey key: Key) throws -> any Decoder { decoder }
    }

    private struct Elements: UnkeyedDecodingContainer {
        let decoder: RecordingDecoder
        var currentIndex = 0

        var codingPath: [any CodingKey] { [] }
        var count: Int? { 1 }
        var isAtEnd: Bool { currentIndex > 0 }

        init(decoder: RecordingDecoder) {
            self.decoder = decoder
            decoder.record.kind = .array(of: JSONSchema([:]))
        }

        mutating func decodeNil() throws -> Bool { false }

        mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            currentIndex += 1
            decoder.record.kind = .array(of: decoder.record.recorder.schema(of: type))
            return try decoder.record.recorder.value(type)
        }

        mutating func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type
        ) throws -> KeyedDecodingContainer<Nested> {
            preconditionFailure("a wire type reads its elements by their types")
        }

        mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
            preconditionFailure("a wire type reads its elements by their types")
        }

        mutating func superDecoder() throws -> any Decoder { decoder }
    }

    private struct Single: SingleValueDecodingContainer {
        let decoder: RecordingDecoder

        var codingPath: [any CodingKey] { [] }

        func decodeNil() -> Bool {
            decoder.record.isNullable = true
            return false
        }

        func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            decoder.record.kind = .value(decoder.record.recorder.schema(of: type))
            return try decoder.record.recorder.value(type)
        }
    }
}

extension JSONSchema {
    var value: JSONValue { .object(keywords) }

    /// A reference within the OpenAPI document.
    static func reference(to name: String) -> JSONSchema {
        JSONSchema(["$ref": .string("#/components/schemas/\(name)")])
    }

    /// `$schema` of an answer.
    fileprivate static let ownSchema = JSONSchema([
        "type": "string", "format": "uri", "readOnly": true, "description": "A URL to the JSON Schema for this object.",
        "examples": ["http://localhost:9477/schemas/Run.json"],
    ])

    /// `$schema` of a body: an answer's may come back.
    static let returnedSchema = JSONSchema([
        "type": "string", "description": "A URL to the JSON Schema for this object; it is not looked at.",
    ])

    fileprivate func described(by member: WireMember) -> JSONSchema {
        var keywords = keywords.merging(member.schema.keywords) { _, said in said }
        keywords["description"] = .string(member.description)
        if let elements = member.elements { keywords["items"] = elements.value }
        return JSONSchema(keywords)
    }
}
