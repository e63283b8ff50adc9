import AlmanacAPI
import AlmanacTesting
import Testing

/// What the contract says of every operation alike.
extension ContractRowTests {
    /// An operation that can be asked for something that is there, with all that it has to be given.
    struct Asked: CustomTestStringConvertible {
        let operation: APIOperation

        var testDescription: String { "\(operation.method.rawValue) \(operation.path)" }

        var method: String { operation.method.rawValue }
        var names: [String] { operation.pathParameters.map(\.name) }
        var isForEveryone: Bool { operation.access == .everyone }

        func path(_ names: [String: String]) -> String {
            names.reduce(operation.path) { $0.replacing("{\($1.key)}", with: $1.value) }
        }

        /// The required query, and more.
        func query(_ more: String = "") -> String {
            let required = operation.query.filter(\.isRequired).map { "\($0.name)=x" }
            let all = (required + [more]).filter { !$0.isEmpty }
            return all.isEmpty ? "" : "?\(all.joined(separator: "&"))"
        }

        /// A body without a fault, where one is required.
        var body: [String: JSONValue]? {
            guard operation.body?.isRequired == true else { return nil }
            return operation.id == "createToken" ? ["name": "never", "scopes": ["read"]] : ["ids": []]
        }
    }

    static let operations = APIOperation.all.map { Asked(operation: $0) }

    /// A task with a past, its run that has ended, a token and a schema.
    private var present: [String: String] {
        let run = bench.past.first { $0["task_name"] == "past-tick" }
        return ["taskName": "past-tick", "runId": run?.id ?? "", "tokenName": "reader", "schemaName": "Run"]
    }

    private func send(
        _ asked: Asked,
        over client: ContractClient,
        _ names: [String: String] = [:],
        query: String = "",
        method: String? = nil,
        host: String? = nil,
        field: String? = nil
    ) throws -> ContractAnswer {
        let path = asked.path(present.merging(names) { $1 }) + asked.query(query)
        let body = try asked.body.map { String(decoding: try WireCoding.encode(JSONValue.object($0)), as: UTF8.self) }
        let fields = field.map { [$0] } ?? []
        return try client.send(method ?? asked.method, path, body: body, host: host, fields)
    }

    @Test("No credentials, too small a scope, another host and another site's page are refused", arguments: operations)
    func strangers(_ asked: Asked) throws {
        try send(asked, over: bench.tcp, host: "evil.example").refused(421)
        if asked.operation.method != .get {
            try send(asked, over: bench.tcp, field: "Origin: http://evil.example").refused(403)
            try send(asked, over: bench.unix, field: "Origin: http://evil.example").refused(403)
        }
        if asked.isForEveryone { return }
        let stranger = try send(asked, over: bench.tcp.with(token: nil))
        stranger.refused(401)
        #expect(stranger.fields["www-authenticate"]?.hasPrefix("Bearer") == true)
        // It may start another task, and that is all.
        try send(asked, over: bench.starter).refused(403)
        if ![.read, .readOfTask].contains(asked.operation.access) { try send(asked, over: bench.reader).refused(403) }
    }

    @Test("Names that nothing has are 404, and what is no name is 422", arguments: operations)
    func names(_ asked: Asked) throws {
        let absent = ["taskName": "absent", "runId": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "tokenName": "absent"]
        for (name, value) in absent where asked.names.contains(name) {
            for client in [bench.unix, bench.tcp] {
                // A run is looked for under its task, whether or not there still is such a task.
                try send(asked, over: client, [name: value]).refused(404)
                try send(asked, over: client, [name: "a%20b"]).refused(422, "path.\(name)")
            }
        }
    }

    @Test("A query name that is not known is 422", arguments: operations.filter { !$0.operation.takesAnyQuery })
    func queries(_ asked: Asked) throws {
        for client in [bench.unix, bench.tcp] {
            try send(asked, over: client, query: "unknown=1").refused(422, "query.unknown")
        }
    }

    @Test("A body of another type is 415, of more than 1 MiB 413, and with faults 422", arguments: operations)
    func bodies(_ asked: Asked) throws {
        guard asked.operation.body != nil else { return }
        let path = asked.path(present)
        for client in [bench.unix, bench.tcp] {
            try client.send("POST", path, body: "{}", type: "text/plain").refused(415)
            try client.send("POST", path, body: String(repeating: " ", count: 1 << 20 + 1)).refused(413)
            try client.send("POST", path, body: "{").refused(422, "body")
            try client.send("POST", path, body: "[]").refused(422, "body")
            var body = asked.body ?? [:]
            body["unknown"] = true
            try client.post(path, .object(body)).refused(422, "body.unknown")
        }
    }

    @Test("GET is answered to HEAD too, and other methods are 405 with those that there are", arguments: operations)
    func methods(_ asked: Asked) throws {
        let same = Self.operations.filter { $0.operation.path == asked.operation.path }.map(\.method)
        let allowed = Set(same + (same.contains("GET") ? ["HEAD"] : []))
        for client in [bench.unix, bench.tcp] {
            let answer = try send(asked, over: client, method: "PUT")
            answer.refused(405)
            let allow = answer.fields["allow"]?.split(separator: ", ").map(String.init) ?? []
            #expect(Set(allow) == allowed && allow.count == allowed.count)
            guard asked.operation.method == .get else { continue }
            let head = try send(asked, over: client, method: "HEAD")
            #expect(head.status == asked.operation.status && head.body.isEmpty)
        }
    }

    @Test("Of several faults the first is told, in the order of the contract")
    func order() throws {
        let large = String(repeating: " ", count: 1 << 20 + 1)
        func ask(_ client: ContractClient, _ task: String, host: String? = nil, type: String = "text/plain") throws
            -> ContractAnswer
        {
            try client.send("POST", "/api/tasks/\(task)/run?unknown=1", body: large, type: type, host: host)
        }
        try ask(bench.tcp.with(token: nil), "absent", host: "evil.example").refused(421)
        try ask(bench.tcp.with(token: nil), "absent").refused(401)
        try ask(bench.starter, "absent").refused(403)
        try ask(bench.tcp, "absent").refused(404)
        try ask(bench.tcp, "locked").refused(403)
        try ask(bench.tcp, "good").refused(415)
        try ask(bench.tcp, "good", type: "application/json").refused(413)
        let text = "no JSON"
        try bench.tcp.send("POST", "/api/tasks/good/run?unknown=1", body: text).refused(422, "query.unknown", "body")

        let socket = try #require(ContractSocket(bench.tcp.address))
        socket.send("GET /health HTTP/1.1\r\nConnection: close\r\n\r\n")
        try #require(ContractAnswer(from: socket, method: "GET", path: "/health without a Host")).refused(400)
    }
}
