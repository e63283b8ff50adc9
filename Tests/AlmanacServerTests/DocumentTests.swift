import AlmanacAPI
import AlmanacCalendar
import AlmanacModel
import AlmanacServer
import Testing

@Suite("The document says what the API is")
struct DocumentTests {
    let fixture = Fixture()
    static let document = OpenAPIDocument(version: "1.2.3")

    @Test("It is served to everybody, and is the one that the table of operations makes")
    func served() async throws {
        var fixture = fixture
        fixture.access.tcp = .credentials
        let answer = try await MemoryClient(fixture).get("/openapi.json")
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "application/json")
        #expect(try answer.decode(JSONValue.self) == Self.document.value)
    }

    @Test("It has every operation, with its parameters, its body and a problem for every refusal")
    func operations() throws {
        for operation in APIOperation.all {
            let item = Self.document.value["paths"]?[operation.path]?[operation.method.rawValue.lowercased()]
            let value = try #require(item, "\(operation.id)")
            #expect(value["operationId"] == .string(operation.id))
            #expect(value["responses"]?["default"]?["content"]?["application/problem+json"] != nil)
            #expect(value["responses"]?["\(operation.status)"] != nil)
            #expect(value["security"] == (operation.access == .everyone ? [] : [["bearer": []]]))
            #expect((value["requestBody"] != nil) == (operation.body != nil))
            guard case .array(let parameters) = value["parameters"] ?? [] else { continue }
            let names = parameters.compactMap { $0["name"]?.text }
            #expect(
                names == (operation.pathParameters + operation.query + operation.headers).map(\.name),
                "\(operation.id)"
            )
        }
        let ids = APIOperation.all.map(\.id)
        #expect(Set(ids).count == ids.count)
    }

    @Test("Every property of every object is described", arguments: document.schemas.keys.sorted())
    func descriptions(name: String) throws {
        let schema = try #require(Self.document.schemas[name]).keywords
        #expect(schema["type"] == "object" && schema["additionalProperties"] == false)
        guard case .object(let properties) = schema["properties"] ?? [:] else { return }
        for (property, value) in properties {
            #expect(value["description"]?.text?.isEmpty == false, "\(name).\(property)")
        }
    }

    @Test("Every schema answers at its address, for everybody, and stands for itself", arguments: document.schemas.keys)
    func schemas(name: String) async throws {
        var fixture = fixture
        fixture.access.tcp = .credentials
        let answer = try await MemoryClient(fixture).get("/schemas/\(name).json")
        #expect(answer.status == 200)
        let schema = try answer.decode(JSONValue.self)
        #expect(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema")
        for reference in references(schema) {
            let name = try #require(reference.split(separator: "/").last.map(String.init))
            #expect(reference.hasPrefix("#/$defs/") && schema["$defs"]?[name] != nil, "\(reference)")
        }
    }

    @Test("There is no other schema")
    func noSchema() async throws {
        #expect(try await MemoryClient(fixture).get("/schemas/Nothing.json").status == 404)
        #expect(try await MemoryClient(fixture).get("/schemas/Run").status == 404)
        #expect(try await MemoryClient(fixture).get("/schemas/..%2fRun.json").status == 404)
    }

    @Test("What a type holds is what the document says of it")
    func structure() throws {
        let run = try #require(Self.document.schemas["Run"])
        #expect(
            run.keywords["required"] == [
                "created_at", "exit_code", "id", "instance_index", "retry_attempt", "status", "task_name",
                "triggered_by",
            ]
        )
        let trigger = try #require(Self.document.schemas["TriggerRunInputBody"]?.keywords["properties"])
        #expect(trigger["params"]?["additionalProperties"] == ["type": ["string", "null"]])
        #expect(trigger["$schema"]?["type"] == "string")
        let task = try #require(Self.document.schemas["Task"]?.keywords["properties"])
        #expect(task["parameters"]?["items"] == ["$ref": "#/components/schemas/TaskParam"])
        #expect(task["env"]?["additionalProperties"] == ["type": "string"])
        #expect(Self.document.schemas["ErrorDetail"]?.keywords["required"] == nil)
    }

    @Test("Its words are the model's")
    func words() {
        #expect(Words.statuses == RunState.Phase.allCases.map(\.rawValue))
        #expect(Set(Words.endReasons) == Set(EndReason.allCases.map(\.rawValue)))
        #expect(Set(Words.triggers) == Set(Trigger.allCases.map(\.rawValue)))
        #expect(Set(Words.overlapPolicies) == Set(OverlapPolicy.allCases.map(\.rawValue)))
        #expect(Set(Words.catchUpPolicies) == Set(CatchUpPolicy.allCases.map(\.rawValue)))
        #expect(Set(Words.backoffs) == Set(RetryPolicy.Backoff.allCases.map(\.rawValue)))
        #expect(Set(Words.logOnFull) == Set(CommandSettings.LogOnFull.allCases.map(\.rawValue)))
        #expect(Set(Words.logTargets) == Set(CommandSettings.LogTarget.allCases.map(\.rawValue)))
        #expect(Set(Words.streams) == Set(RunLogLine.Stream.allCases.map(\.rawValue)))
        #expect(Set(Words.parameterKinds) == Set(ParameterDefinition.Kind.allCases.map(\.rawValue)))
        #expect(Set(Words.parameterTypes) == Set(ParameterDefinition.ValueType.allCases.map(\.rawValue)))
        #expect(Set(Words.mailOccasions) == Set(MailSettings.Occasion.allCases.map(\.rawValue)))
        #expect(Set(Words.occurrenceKinds) == Set(Occurrence.Kind.allCases.map(\.rawValue)))
        #expect(Set(Words.occurrenceReasons) == Set(Occurrence.Reason.allCases.map(\.rawValue)))
        // These are told only where they are not the usual.
        #expect(Set(Words.gapPolicies + ["run"]) == Set(GapPolicy.allCases.map(\.rawValue)))
        #expect(Set(Words.foldPolicies + ["first"]) == Set(FoldPolicy.allCases.map(\.rawValue)))
        #expect(Set(Words.conventions + ["almanac"]) == Set(CommandSettings.Conventions.allCases.map(\.rawValue)))
    }

    private func references(_ value: JSONValue) -> [String] {
        switch value {
        case .object(let members): [members["$ref"]?.text].compactMap(\.self) + members.values.flatMap(references)
        case .array(let elements): elements.flatMap(references)
        case .null, .bool, .integer, .number, .string: []
        }
    }
}
