import AlmanacAPI
import AlmanacTesting
import Testing

extension ContractRow {
    static let access = [
        ContractRow("GET /api/tokens", ["getTokens"]) { _, client in
            let answer = try client.get("/api/tokens")
            let tokens = try answer.json().elements
            for token in tokens { ContractShape.token.check(token) }
            let starter = tokens.first { $0["name"] == "starter" }
            #expect(starter?["scopes"] == ["trigger:good"])
            #expect(!answer.text.contains("almanac_"))
        },
        ContractRow("POST /api/tokens", ["createToken", "revokeToken"]) { bench, client in
            let body: JSONValue = ["name": "guest", "scopes": ["read", "read"], "expires_at": "2200-01-01T00:00:00Z"]
            let token = try client.post("/api/tokens", body).object(.newToken, 201)
            #expect(token["scopes"] == ["read"] && token["expires_at"] == "2200-01-01T00:00:00Z")
            #expect(try bench.tcp.with(token: token["token"]?.text).get("/api/info").status == 200)
            try client.post("/api/tokens", body).refused(409)
            try client.post("/api/tokens", [:]).refused(422, "body.name", "body.scopes")
            try client.post(
                "/api/tokens",
                ["name": "a b", "scopes": ["write"], "expires_at": "soon", "more": 1]
            ).refused(422, "body.name", "body.scopes[0]", "body.expires_at", "body.more")
            try client.post("/api/tokens", ["name": "x", "scopes": ["read"], "expires_at": "2001-01-01T00:00:00Z"])
                .refused(409, "body.expires_at")
            #expect(try client.delete("/api/tokens/guest").status == 204)
        },
        ContractRow("DELETE /api/tokens/{tokenName}", ["revokeToken", "createToken"]) { bench, client in
            let made = try client.post("/api/tokens", ["name": "brief", "scopes": ["admin"]]).json(201)["token"]
            let holder = bench.tcp.with(token: made?.text)
            #expect(try holder.get("/api/tokens").status == 200)
            let answer = try client.delete("/api/tokens/brief")
            #expect(answer.status == 204 && answer.body.isEmpty)
            try holder.get("/api/tokens").refused(401)
            try client.delete("/api/tokens/brief").refused(404)
        },
        ContractRow("GET /api/audit", ["getAudit"]) { bench, client in
            try filters(bench, client)
            try pages(client)
            let faults = ["limit=0", "limit=1001", "before=0", "since=x", "until=x", "who=me"]
            for fault in faults {
                try client.get("/api/audit?\(fault)").refused(422, "query.\(fault.prefix { $0 != "=" })")
            }
        },
    ]

    private static func entries(_ client: ContractClient, _ query: String) throws -> [JSONValue] {
        let page = try client.get("/api/audit?\(query)").object(.auditPage)
        let entries = page["entries"]?.elements ?? []
        for entry in entries { ContractShape.auditEntry.check(entry) }
        return entries
    }

    private static func filters(_ bench: ContractBench, _ client: ContractClient) throws {
        let run = try bench.starter.post("/api/tasks/good/run?wait=true").json(201)
        _ = try bench.unix.post("/api/tasks/bad/run?wait=true").json(201)
        let byToken = try #require(try entries(client, "caller=starter").first)
        #expect(byToken["caller_kind"] == "token" && byToken["caller"] == "starter")
        #expect(byToken["address"] == "127.0.0.1" && byToken["operation"] == "triggerRun" && byToken["status"] == 201)
        #expect(byToken["run_id"]?.text == run.id && byToken["task_name"] == "good")
        #expect(byToken["detail"] == "wait=true")
        #expect(try entries(client, "caller=starter").allSatisfy { $0["caller"] == "starter" })
        let byUser = try #require(try entries(client, "limit=1").first)
        #expect(byUser["caller_kind"] == "user" && byUser["address"] == "unix" && byUser["task_name"] == "bad")
        let reloads = try entries(client, "operation=reload")
        #expect(!reloads.isEmpty && reloads.allSatisfy { $0["operation"] == "reload" })
        let ofBad = try entries(client, "task_name=bad")
        #expect(ofBad.first == byUser && ofBad.allSatisfy { $0["task_name"] == "bad" })
        // Since is inclusive and until exclusive.
        let at = try #require(byUser["at"]?.text)
        #expect(try entries(client, "since=\(at)") == [byUser])
        #expect(try entries(client, "until=\(at)&limit=1") == [byToken])
    }

    private static func pages(_ client: ContractClient) throws {
        let all = try entries(client, "limit=7")
        #expect(all.count == 7)
        var gathered: [JSONValue] = []
        var before = ""
        while gathered.count < 6 {
            let page = try client.get("/api/audit?limit=3\(before)").object(.auditPage)
            gathered += page["entries"]?.elements ?? []
            before = "&before=\(try #require(page["next_before"]?.number))"
        }
        #expect(gathered == Array(all[..<6]))
        let numbers = all.compactMap { $0["id"]?.number }
        #expect(numbers == numbers.sorted(by: >))
    }
}

extension ContractShape {
    fileprivate static let token = ContractShape(
        required: ["name": .text, "scopes": .list, "created_at": .time],
        optional: ["expires_at": .time, "last_used_at": .time]
    )

    fileprivate static let newToken = ContractShape(
        required: ["name": .text, "scopes": .list, "created_at": .time, "token": .text],
        optional: ["expires_at": .time]
    )

    fileprivate static let auditPage = ContractShape(required: ["entries": .list], optional: ["next_before": .integer])

    fileprivate static let auditEntry = ContractShape(
        required: [
            "id": .integer, "at": .time, "caller_kind": .text, "caller": .text, "address": .text, "operation": .text,
        ],
        optional: [
            "process_id": .integer, "task_name": .text, "run_id": .id, "token_name": .text, "status": .integer,
            "detail": .text,
        ]
    )
}
