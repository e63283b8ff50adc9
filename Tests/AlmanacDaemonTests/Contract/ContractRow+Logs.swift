import AlmanacAPI
import AlmanacTesting
import Testing

extension ContractRow {
    static let logs = [
        ContractRow("GET .../runs/{runId}/log", ["getLogPageById", "getLogPage"]) { bench, client in
            let run = try client.run("chatty")
            for form in ["/api/runs", "/api/tasks/chatty/runs"] { try pages(client, "\(form)/\(run.id)/log") }
            try client.get("/api/tasks/good/runs/\(run.id)/log").refused(404)
            try showsStreamsAndLimits(client)
            // What still may get lines is not final.
            let active = try #require(bench.past.first { $0["status"] == "running" })
            #expect(try client.get("/api/runs/\(active.id)/log").object(.logPage)["finalized"] == false)
        },
        ContractRow("GET .../runs/{runId}/log/raw", ["getLogRawById", "getLogRaw"]) { _, client in
            let chatty = try client.run("chatty")
            let text = (0..<1500).map { "line \($0)\n" }.joined() + "unfinished"
            for form in ["/api/runs", "/api/tasks/chatty/runs"] {
                let path = "\(form)/\(chatty.id)/log/raw"
                let answer = try client.get(path)
                #expect(answer.status == 200 && answer.type == "text/plain" && answer.text == text)
                let head = try client.send("HEAD", path)
                #expect(head.status == 200 && head.fields["content-length"] == "\(text.utf8.count)")
            }
            try client.get("/api/tasks/good/runs/\(chatty.id)/log/raw").refused(404)
            // Both streams, in order.
            let both = try client.run("good")
            #expect(try client.get("/api/runs/\(both.id)/log/raw").text == "out\nerr\n")
        },
        ContractRow("GET /api/tasks/{taskName}/log/search", ["searchTaskLog"]) { _, client in
            try searches(client)
            try refusesSearches(client)
        },
    ]

    private static func pages(_ client: ContractClient, _ path: String) throws {
        func page(_ query: String) throws -> (numbers: [Int64], first: JSONValue?) {
            let page = try client.get(path + query).object(.logPage)
            #expect(page["total_lines"] == 1501 && page["first_available"] == 0)
            #expect(page["truncated"] == false && page["finalized"] == true)
            let lines = page["lines"]?.elements ?? []
            for line in lines {
                ContractShape.logLine.check(line)
                let number = line["n"]?.number ?? 0
                #expect(line["text"] == .string(number == 1500 ? "unfinished" : "line \(number)"))
            }
            return (lines.compactMap { $0["n"]?.number }, lines.first)
        }
        // The last thousand, where nothing else is asked for.
        #expect(try page("").numbers == Array(501...1500))
        #expect(try page("?from=0").numbers == Array(0..<1000))
        #expect(try page("?from=-3").numbers == [1498, 1499, 1500])
        #expect(try page("?from=-3&limit=2").numbers == [1498, 1499])
        #expect(try page("?from=1499&limit=10000").numbers == [1499, 1500])
        #expect(try page("?from=1501").numbers == [])
        let first = try page("?from=7&limit=1").first
        #expect(first?["stream"] == "stdout" && (first?["ts"]?.number ?? 0) > 1_600_000_000_000)
        for fault in ["limit=0", "limit=10001", "from=end"] {
            try client.get("\(path)?\(fault)").refused(422, "query.\(fault.prefix { $0 != "=" })")
        }
    }

    private static func showsStreamsAndLimits(_ client: ContractClient) throws {
        let run = try client.run("good")
        let lines = try client.get("/api/runs/\(run.id)/log").object(.logPage)["lines"]?.elements ?? []
        #expect(lines.map { $0["stream"] } == ["stdout", "stderr"] && lines.map { $0["text"] } == ["out", "err"])
        let cut = try client.run("cut")
        let page = try client.get("/api/runs/\(cut.id)/log?from=0&limit=1").object(.logPage)
        #expect(page["truncated"] == true && page["first_available"] == page["lines"]?.elements.first?["n"])
        #expect((page["first_available"]?.number ?? 0) > 0)
    }

    private static func searches(_ client: ContractClient) throws {
        let run = try client.run("chatty")
        func search(_ query: String) throws -> JSONValue {
            let found = try client.get("/api/tasks/chatty/log/search?run_id=\(run.id)&\(query)").object(.search)
            for hit in found["hits"]?.elements ?? [] {
                #expect(hit["run_id"]?.text == run.id && hit["stream"] == "stdout" && hit["ts"]?.number != nil)
                #expect(hit["n"]?.number != nil)
            }
            return found
        }
        func texts(_ found: JSONValue) -> [String] { found["hits"]?.elements.compactMap { $0["text"]?.text } ?? [] }

        let all = try search("q=149")
        #expect(texts(all) == ["line 149", "line 1149"] + (1490...1499).map { "line \($0)" })
        #expect(all["exhausted"] == true && all["next_cursor"] == nil && all["scanned_runs"] == 1)
        #expect(try texts(search("q=LINE%20149&limit=1")) == ["line 149"])
        #expect(try texts(search("q=LINE&case=true")) == [])
        #expect(try texts(search("q=unf&case=true")) == ["unfinished"])
        #expect(try texts(search("q=%5Eline%2014.9%24&regex=true")) == (0...9).map { "line 14\($0)9" })
        #expect(try texts(search("q=14.9&regex=false")) == [])
        #expect(try texts(search("q=%5ELINE%207%24&regex=true")) == ["line 7"])
        #expect(try texts(search("q=%5ELINE%207%24&regex=true&case=true")) == [])
        // In parts, each behind the one before.
        var parts: [String] = []
        var cursor = ""
        repeat {
            let part = try search("q=149&limit=4&cursor=\(cursor)")
            parts += texts(part)
            cursor = part["next_cursor"]?.text ?? ""
            #expect((part["exhausted"] == true) == cursor.isEmpty)
        } while !cursor.isEmpty && parts.count < 20
        #expect(parts == texts(all))
        // The newest run comes first, where all are asked for.
        let second = try client.run("chatty")
        let both = try client.get("/api/tasks/chatty/log/search?q=unfinished").object(.search)
        #expect(both["hits"]?.elements.prefix(2).map { $0["run_id"]?.text } == [second.id, run.id])
    }

    private static func refusesSearches(_ client: ContractClient) throws {
        let path = "/api/tasks/chatty/log/search"
        try client.get(path).refused(422, "query.q")
        try client.get("\(path)?q=").refused(422, "query.q")
        try client.get("\(path)?q=\(String(repeating: "q", count: 1025))").refused(422, "query.q")
        try client.get("\(path)?q=%28&regex=true").refused(422, "query.q")
        try client.get("\(path)?q=x&regex=2&case=2&limit=0&cursor=x&run_id=x").refused(
            422,
            "query.regex",
            "query.case",
            "query.limit",
            "query.cursor",
            "query.run_id"
        )
        let other = try client.run("good")
        try client.get("\(path)?q=x&run_id=\(other.id)").refused(404)
    }
}
