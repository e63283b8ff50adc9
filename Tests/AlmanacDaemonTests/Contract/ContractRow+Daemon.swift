import AlmanacAPI
import AlmanacTesting
import Testing

extension ContractRow {
    static let daemon = [
        ContractRow("GET /health", ["getHealth"]) { _, client in
            let answer = try client.with(token: nil).get("/health")
            #expect(answer.status == 200 && answer.text == "OK" && answer.type == "text/plain")
        },
        ContractRow("GET /openapi.json", ["getOpenAPI"]) { _, client in
            let document = try client.with(token: nil).get("/openapi.json").json()
            #expect(document["openapi"]?.text?.hasPrefix("3.1") == true)
            for operation in APIOperation.all {
                let item = document["paths"]?[operation.path]?[operation.method.rawValue.lowercased()]
                #expect(item?["operationId"] == .string(operation.id))
            }
        },
        ContractRow("GET /schemas/{schemaName}.json", ["getSchema"]) { _, client in
            // Where answers say that their schemas are, they are.
            let addresses = try ["/api/info", "/api/runs", "/api/runs/summary", "/api/tasks/good"].map {
                try #require(try client.get($0).json()["$schema"]?.text)
            }
            for address in addresses {
                let path = try #require(address.firstRange(of: "/schemas/")).lowerBound
                let schema = try client.with(token: nil).get(String(address[path...])).json()
                #expect(schema["type"] == "object" && schema["properties"] != nil)
            }
            try client.get("/schemas/Nothing.json").refused(404)
        },
        ContractRow("GET /api/info", ["getInfo"]) { bench, client in
            let info = try client.get("/api/info").object(.info)
            #expect(info["port"] == .integer(Int64(bench.daemon.port)))
            #expect(info["resolved_timezone"] == "Europe/Berlin" && info["timezone_source"] == "config")
            #expect(info["config_stale"] == false && info["cloud_enabled"] == false && info["auth_disabled"] == false)
            #expect(info["scheduling_active"] == true && info["service_managed"] == false)
            #expect(info["tasks"]?.elements.compactMap { $0["name"]?.text }.contains("good") == true)
            #expect(try client.get("/api/info").json()["fingerprint"] == info["fingerprint"])
        },
        ContractRow("GET /metrics", ["getMetrics"]) { _, client in
            let answer = try client.get("/metrics")
            #expect(answer.status == 200 && answer.type == "text/plain")
            #expect(answer.text.contains("# TYPE almanac_runs_ended_total counter\n"))
            #expect(answer.text.hasSuffix("\n# EOF\n"))
        },
        ContractRow("POST /api/reload", ["reload"]) { bench, client in
            try changes(bench, client)
            try leavesAsItIs(bench, client)
        },
    ]

    private static let edited = ContractBench.configuration
        .replacing("[tasks.bulk-b]\nrun", with: "[tasks.new]\nrun")
        .replacing("[tasks.bulk-a]\nrun = \"true\"", with: "[tasks.bulk-a]\nrun = \"false\"\ntimeout = \"5s\"")

    private static func changes(_ bench: ContractBench, _ client: ContractClient) throws {
        let folder = bench.daemon.folder
        folder.write(edited, to: "almanac.toml")
        #expect(try client.get("/api/info").json()["config_stale"] == true)
        let expected: JSONValue = [
            "added": ["new"], "removed": ["bulk-b"],
            "changed": [["name": "bulk-a", "reasons": ["run", "timeout"]]],
        ]
        let preview = try client.post("/api/reload?dry_run=true").object(.reload).bare
        #expect(preview == expected)
        try client.get("/api/tasks/new").refused(404)
        let answer = try client.post("/api/reload", [:]).object(.reload).bare
        #expect(answer == expected)
        #expect(try client.get("/api/tasks/new").json()["name"] == "new")
        try client.get("/api/tasks/bulk-b").refused(404)
        #expect(try client.get("/api/tasks/bulk-a").json()["timeout"] == 5_000_000_000)
        #expect(try client.get("/api/info").json()["config_stale"] == false)

        folder.write(ContractBench.configuration, to: "almanac.toml")
        #expect(try client.post("/api/reload?dry_run=false").json()["removed"] == ["new"])
        let none = try client.post("/api/reload").json().bare
        #expect(none == ["added": [], "removed": [], "changed": []])
    }

    /// A file with faults is refused whole.
    private static func leavesAsItIs(_ bench: ContractBench, _ client: ContractClient) throws {
        let before = try client.get("/api/tasks").json()
        let fresh = "[tasks.new]\nrun = \"true\"\n"
        bench.daemon.folder.write(fresh + "[tasks.bad]\ncron = \"61 * * * *\"\nrun = 1\n", to: "almanac.toml")
        for query in ["", "?dry_run=true"] {
            try client.post("/api/reload\(query)").refused(422, "config", "config")
        }
        #expect(try client.get("/api/tasks").json() == before)
        bench.daemon.folder.write(ContractBench.configuration, to: "almanac.toml")
        try client.post("/api/reload?dry_run=perhaps").refused(422, "query.dry_run")
    }
}
