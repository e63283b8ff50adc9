/// The OpenAPI 3.1 description of the API, made of the table of operations and of the types that are sent.
package struct OpenAPIDocument: Sendable {
    /// The schemas of all named shapes, by name. They refer to each other as components of the document.
    package let schemas: [String: JSONSchema]
    private let operations: [APIOperation]
    private let version: String

    /// - Parameter version: that of the program.
    package init(_ operations: [APIOperation] = APIOperation.all, version: String) {
        self.operations = operations
        self.version = version
        schemas = Self.schemas(of: operations)
    }

    /// The document as JSON.
    package var value: JSONValue {
        [
            "openapi": "3.1.0",
            "info": [
                "title": "Almanac API",
                "version": .string(version),
                "description": """
                Runs jobs on time. Times are RFC 3339 in UTC, durations integer nanoseconds; fields without a value are left \
                out. Unknown members of bodies and unknown query names are refused. HEAD is answered where GET is.
                """,
            ],
            "tags": .array(APIOperation.Tag.allCases.map { ["name": .string($0.rawValue)] }),
            "paths": .object(paths),
            "components": [
                "schemas": .object(schemas.mapValues(\.value)),
                "securitySchemes": [
                    Self.bearer: [
                        "type": "http", "scheme": "bearer",
                        "description": """
                        A token of 'almanac token create'. The Unix socket asks for none: the kernel says who is calling.
                        """,
                    ]
                ],
            ],
        ]
    }

    /// A schema that stands for itself: what it refers to is within it.
    ///
    /// - Returns: nil where there is none of this name.
    package func schema(named name: String) -> JSONValue? {
        guard let schema = schemas[name] else { return nil }
        var definitions: [String: JSONValue] = [:]
        var waiting = schema.value.references
        while let next = waiting.popFirst() {
            guard definitions[next] == nil, let value = schemas[next]?.value else { continue }
            definitions[next] = value.withLocalReferences
            waiting.formUnion(value.references)
        }
        guard case .object(var keywords) = schema.value.withLocalReferences else { return nil }
        keywords["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        keywords["title"] = .string(name)
        if !definitions.isEmpty { keywords["$defs"] = .object(definitions) }
        return .object(keywords)
    }

    private static let bearer = "bearer"

    private static func schemas(of operations: [APIOperation]) -> [String: JSONSchema] {
        var recorder = SchemaRecorder()
        var schemas: [String: JSONSchema] = [:]
        var waiting: [any WireShape.Type] = [Problem.self] + operations.flatMap { $0.shapes }
        while let shape = waiting.popLast() {
            guard schemas[shape.schemaName] == nil else { continue }
            schemas[shape.schemaName] = recorder.definition(of: shape)
            waiting += recorder.takeMet()
        }
        for body in operations.compactMap(\.body) {
            schemas[body.type.schemaName]?.addProperty("$schema", .returnedSchema)
        }
        return schemas
    }

    // MARK: Operations

    private var paths: [String: JSONValue] {
        var paths: [String: JSONValue] = [:]
        for (path, operations) in Dictionary(grouping: operations, by: \.path) {
            let items = operations.map { ($0.method.rawValue.lowercased(), value(of: $0)) }
            paths[path] = .object(Dictionary(items) { first, _ in first })
        }
        return paths
    }

    private func value(of operation: APIOperation) -> JSONValue {
        var members: [String: JSONValue] = [
            "operationId": .string(operation.id),
            "summary": .string(operation.summary),
            "description": .string(operation.access.sentence),
            "tags": [.string(operation.tag.rawValue)],
            "security": operation.access == .everyone ? [] : [[Self.bearer: []]],
            "responses": responses(of: operation),
        ]
        let parameters =
            operation.pathParameters.map { parameter($0, in: "path") }
            + operation.query.map { parameter($0, in: "query") }
            + operation.headers.map { parameter($0, in: "header") }
        if !parameters.isEmpty { members["parameters"] = .array(parameters) }
        if let body = operation.body {
            members["requestBody"] = [
                "required": .bool(body.isRequired),
                "content": content("application/json", .reference(to: body.type.schemaName)),
            ]
        }
        return .object(members)
    }

    private func parameter(_ parameter: APIOperation.Parameter, in place: String) -> JSONValue {
        [
            "name": .string(parameter.name),
            "in": .string(place),
            "description": .string(parameter.description),
            "required": .bool(parameter.isRequired || place == "path"),
            "schema": parameter.schema.value,
        ]
    }

    private func responses(of operation: APIOperation) -> JSONValue {
        let problem = content(Problem.mediaType, .reference(to: Problem.schemaName))
        var responses: [String: JSONValue] = [
            "default": ["description": "The request is refused, or could not be answered.", "content": problem]
        ]
        for status in operation.allRefusals {
            responses["\(status)"] = ["description": .string(Self.meaning(of: status)), "content": problem]
        }
        responses["\(operation.status)"] = good(operation)
        return .object(responses)
    }

    private func good(_ operation: APIOperation) -> JSONValue {
        let content: JSONValue? =
            switch operation.content {
            case .nothing: nil
            case .object(let type): content("application/json", .reference(to: type.schemaName))
            case .array(let type):
                content(
                    "application/json",
                    JSONSchema(["type": "array", "items": JSONSchema.reference(to: type.schemaName).value])
                )
            case .text(let mediaTypes):
                .object(
                    Dictionary(
                        mediaTypes.map { ($0, ["schema": JSONSchema(["type": "string"]).value]) },
                        uniquingKeysWith: { first, _ in first }
                    )
                )
            case .json: content("application/json", JSONSchema(["type": "object"]))
            case .events(let events): content("text/event-stream", Self.schema(of: events))
            }
        let description = JSONValue.string(Self.meaning(of: operation.status))
        return content.map { ["description": description, "content": $0] } ?? ["description": description]
    }

    private func content(_ mediaType: String, _ schema: JSONSchema) -> JSONValue {
        [mediaType: ["schema": schema.value]]
    }

    /// The schema of each event: its fields as a client has them, all of which are strings (HTML standard, 9.2.6).
    private static func schema(of events: [(name: String, data: any WireShape.Type)]) -> JSONSchema {
        let alternatives: [JSONValue] = events.map { event in
            [
                "title": .string("Event \(event.name)"),
                "type": "object",
                "properties": [
                    "event": ["type": "string", "const": .string(event.name), "description": "The event's name."],
                    "id": [
                        "type": "string", "pattern": "^[0-9]+$", "description": "What Last-Event-ID resumes after.",
                    ],
                    "data": [
                        "type": "string",
                        "contentMediaType": "application/json",
                        "contentSchema": JSONSchema.reference(to: event.data.schemaName).value,
                    ],
                ],
                "required": ["data", "event"],
            ]
        }
        return JSONSchema([
            "title": "Server-sent event",
            "description": "An event of the stream.",
            "oneOf": .array(alternatives),
        ])
    }

    private static func meaning(of status: Int) -> String {
        switch status {
        case 200: "It is done, or shown."
        case 201: "It is made."
        case 204: "It is gone."
        case 401: "No credentials, or none that are known."
        case 403: "The caller may not."
        case 404: "There is no such thing."
        case 409: "What it is asked of is in another state."
        case 413: "The body is larger than 1 MiB."
        case 415: "The body is not JSON."
        case 422: "The path, the query or the body has faults, one entry for each."
        case 503: "The daemon is shutting down."
        default: "Status \(status)."
        }
    }
}

extension APIOperation {
    /// The schemas of what paths name.
    static let pathSchemas: [String: (schema: JSONSchema, description: String)] = [
        "taskName": (.taskName, "The name of a task"),
        "runId": (.anyCaseRunID, "The id of a run, a ULID"),
        "tokenName": (.taskName, "The name of a token"),
        "schemaName": (.string(lengths: 1...100, pattern: "^[A-Za-z]+$"), "The name of a schema"),
    ]

    /// What stands in braces in its path.
    package var pathParameters: [Parameter] {
        path.split(separator: "{").dropFirst().map { part in
            let name = String(part.prefix { $0 != "}" })
            let known = Self.pathSchemas[name] ?? (.string(lengths: 1...100), name)
            return Parameter(name, known.schema, known.description, isRequired: true)
        }
    }

    /// The statuses that its refusals may have, as far as they are its own.
    fileprivate var allRefusals: Set<Int> {
        var refusals = Set(refusals)
        if access != .everyone { refusals.formUnion([401, 403]) }
        if access != .everyone || !pathParameters.isEmpty { refusals.insert(422) }
        if body != nil { refusals.formUnion([413, 415, 422]) }
        return refusals
    }

    /// The named shapes that it takes and answers with.
    fileprivate var shapes: [any WireShape.Type] {
        let answer: [any WireShape.Type] =
            switch content {
            case .object(let type): [type]
            case .array(let type): [type]
            case .events(let events): events.map(\.data)
            case .nothing, .text, .json: []
            }
        return answer + [body?.type].compactMap(\.self)
    }
}

extension APIOperation.Access {
    fileprivate var sentence: String {
        switch self {
        case .everyone: "Needs no credentials."
        case .read: "Needs the scope `read`."
        case .readOfTask: "Needs the scope `read`, or the one to trigger this task."
        case .trigger: "Needs the scope `trigger`, or `trigger:TASK` of this task."
        case .triggerEveryTask: "Needs the scope `trigger`."
        case .admin: "Needs the scope `admin`."
        }
    }
}

extension SchemaRecorder {
    fileprivate mutating func takeMet() -> [any WireShape.Type] {
        defer { self = SchemaRecorder() }
        return met
    }
}

extension JSONSchema {
    fileprivate mutating func addProperty(_ name: String, _ schema: JSONSchema) {
        guard case .object(var properties) = keywords["properties"] ?? [:] else { return }
        if properties[name] == nil { properties[name] = schema.value }
        keywords["properties"] = .object(properties)
    }
}

extension JSONValue {
    private static let prefix = "#/components/schemas/"

    /// The names of the schemas that are referred to.
    fileprivate var references: Set<String> {
        switch self {
        case .object(let members):
            var names = Set(members.values.flatMap(\.references))
            if case .string(let target) = members["$ref"] { names.insert(String(target.dropFirst(Self.prefix.count))) }
            return names
        case .array(let elements): return Set(elements.flatMap(\.references))
        case .null, .bool, .integer, .number, .string: return []
        }
    }

    /// The same with references into the schema itself.
    fileprivate var withLocalReferences: JSONValue {
        switch self {
        case .object(var members):
            members = members.mapValues(\.withLocalReferences)
            if case .string(let target) = members["$ref"] {
                members["$ref"] = .string("#/$defs/\(target.dropFirst(Self.prefix.count))")
            }
            return .object(members)
        case .array(let elements): return .array(elements.map(\.withLocalReferences))
        case .null, .bool, .integer, .number, .string: return self
        }
    }
}
