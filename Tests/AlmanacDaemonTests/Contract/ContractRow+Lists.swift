import AlmanacAPI
import AlmanacCalendar
import AlmanacTesting
import Testing

extension ContractRow {
    /// Lists of runs, held against the bench's past.
    static let lists = [
        ContractRow("GET /api/runs", ["getAllRuns"]) { bench, client in
            let list = ListOfRuns(client: client, path: "/api/runs", query: "search=past-", all: bench.past)
            try list.filters()
            try list.findsTasks()
            try list.sorts()
            try list.pages()
            // Fifty, where nothing else is asked for.
            let page = try client.get("/api/runs").object(.runPage)
            #expect(page["runs"]?.elements.count == Int(min(50, page["total"]?.number ?? 0)))
            try refusesQueries(client, "/api/runs")
        },
        ContractRow("GET /api/tasks/{taskName}/runs", ["getTaskRuns"]) { bench, client in
            for task in ["past-ok", "past-flaky", "past-sleep", "past-tick", "past-start"] {
                let list = ListOfRuns(
                    client: client,
                    path: "/api/tasks/\(task)/runs",
                    query: "search=",
                    all: bench.past.filter { $0["task_name"] == .string(task) }
                )
                try list.filters()
                try list.sorts()
                try list.pages()
            }
            #expect(try client.get("/api/tasks/past-ok/runs?task_name=past-bad").object(.runPage)["total"] == 0)
            try refusesQueries(client, "/api/tasks/past-ok/runs")
        },
    ]

    private static func refusesQueries(_ client: ContractClient, _ path: String) throws {
        let faults = [
            "limit=0", "limit=1001", "offset=-1", "status=done", "triggered_by=me", "created_after=yesterday",
            "created_before=1", "exit_code_min=x", "exit_code_max=1.5", "retries_only=2", "sort_field=name",
            "sort_direction=up", "search=\(String(repeating: "s", count: 1025))", "page=1",
        ]
        for fault in faults {
            let answer = try client.get("\(path)?\(fault)")
            answer.refused(422, "query.\(fault.prefix { $0 != "=" })")
        }
        try client.get("\(path)?\(faults[..<3].joined(separator: "&"))").refused(
            422,
            "query.limit",
            "query.limit",
            "query.offset"
        )
    }
}

/// A list of runs and what is known to be in it, newest first.
private struct ListOfRuns {
    let client: ContractClient
    let path: String
    let query: String
    let all: [JSONValue]

    private func runs(_ more: String, _ location: SourceLocation = #_sourceLocation) throws -> [JSONValue] {
        let page = try client.get("\(path)?\(query)&\(more)").object(.runPage, 200, location)
        for run in page["runs"]?.elements ?? [] { ContractShape.run.check(run, location) }
        return page["runs"]?.elements ?? []
    }

    private func expect(
        _ more: String,
        _ location: SourceLocation = #_sourceLocation,
        fits: (JSONValue) -> Bool
    ) throws {
        let found = try runs(more, location)
        #expect(found.map(\.id) == all.filter(fits).map(\.id), "\(path) \(more)", sourceLocation: location)
    }

    func filters() throws {
        // Each value that there is, and one that there is not.
        try expect("offset=0") { _ in true }
        for status in ["pending", "running", "ended", "success", "failed", "stopped"] {
            try expect("status=\(status)") { $0["status"]?.text == status || $0["end_reason"]?.text == status }
        }
        try expect("status=running,failed") { $0["status"] == "running" || $0["end_reason"] == "failed" }
        for trigger in ["api", "cron", "startup", "service"] {
            try expect("triggered_by=\(trigger)") { $0["triggered_by"]?.text == trigger }
        }
        try expect("exit_code_min=3") { $0["exit_code"]?.number ?? 0 >= 3 }
        try expect("exit_code_max=3") { $0["exit_code"]?.number ?? 0 <= 3 }
        try expect("exit_code_min=3&exit_code_max=3") { $0["exit_code"] == 3 }
        try expect("retries_only=true") { $0["retry_of_run_id"] != nil && $0["retry_attempt"]?.number ?? 0 > 0 }
        try expect("retries_only=false") { _ in true }
        // Both ends are inclusive, to the nanosecond.
        let middle = try #require(all[all.count / 2]["created_at"]?.text)
        let older = all[(all.count / 2)...].map(\.id)
        #expect(try runs("created_before=\(middle)").map(\.id) == older)
        #expect(try runs("created_after=\(middle)").map(\.id) == all[...(all.count / 2)].map(\.id))
        #expect(try runs("created_after=\(middle)&created_before=\(middle)").map(\.id) == [older[0]])
    }

    /// By names, ids and messages; only where the runs of all tasks are listed.
    func findsTasks() throws {
        try expect("task_name=past-bad") { $0["task_name"] == "past-bad" }
        let id = all[0].id
        for text in [id, id.lowercased(), String(id.suffix(9))] {
            let found = try client.get("/api/runs?search=\(text)").json()["runs"]?.elements ?? []
            #expect(found.map(\.id) == [id])
        }
        #expect(try client.get("/api/runs?search=PAST-FLAKY").json()["total"] == 2)
        let skipped = try client.start("skipper")
        let turnedAway = try client.start("skipper")
        let message = try #require(turnedAway["message"]?.text).replacing(" ", with: "%20")
        let found = try client.get("/api/runs?search=\(message)").json()["runs"]?.elements ?? []
        #expect(found.first?.id == turnedAway.id && found.allSatisfy { $0["task_name"] == "skipper" })
        _ = try client.stop(skipped)
        #expect(try client.get("/api/runs?search=nothing-has-this").object(.runPage)["total"] == 0)
    }

    func sorts() throws {
        #expect(try runs("sort_direction=asc").map(\.id) == all.reversed().map(\.id))
        #expect(try runs("sort_field=created_at").map(\.id) == all.map(\.id))
        try expectOrder("task_name") { $0["task_name"]?.text }
        try expectOrder("status") { $0["status"]?.text }
        try expectOrder("start_at") { $0["start_at"]?.text.map(Instant.init) }
        try expectOrder("exit_code") { $0["exit_code"]?.number }
        try expectOrder("duration") { run -> Int64? in
            // What has not ended has lasted longest here, as of now.
            guard let start = run["start_at"]?.text else { return nil }
            return run["end_at"]?.text.map { Instant($0).nanoseconds - Instant(start).nanoseconds } ?? .max
        }
    }

    /// Expects an order of what has a key, both ways; what has none stays together, before or after it.
    private func expectOrder<Key: Comparable>(_ field: String, _ key: (JSONValue) -> Key?) throws {
        for direction in ["asc", "desc"] {
            let found = try runs("sort_field=\(field)&sort_direction=\(direction)")
            #expect(Set(found.map(\.id)) == Set(all.map(\.id)))
            let keys = found.map(key)
            let present = direction == "asc" ? keys.compactMap { $0 } : keys.reversed().compactMap { $0 }
            #expect(Array(present) == present.sorted(), "\(path) \(field) \(direction)")
            let changes = zip(keys, keys.dropFirst()).filter { ($0 == nil) != ($1 == nil) }
            #expect(changes.count <= 1, "\(path) \(field) \(direction)")
        }
    }

    func pages() throws {
        var gathered: [String] = []
        while gathered.count < all.count {
            let page = try client.get("\(path)?\(query)&limit=3&offset=\(gathered.count)").object(.runPage)
            #expect(page["total"] == .integer(Int64(all.count)))
            let runs = page["runs"]?.elements ?? []
            #expect(runs.count == min(3, all.count - gathered.count))
            if runs.isEmpty { break }
            gathered += runs.map(\.id)
        }
        #expect(gathered == all.map(\.id))
        #expect(try runs("offset=\(all.count)").isEmpty)
    }
}

/// A time of the contract, in nanoseconds since 1970.
private struct Instant: Comparable {
    let nanoseconds: Int64

    init(_ text: String) {
        let whole = Timestamp(rfc3339: text)?.secondsSinceEpoch ?? 0
        let digits = text.split(separator: ".").dropFirst().first.map { $0.prefix { $0.isNumber } } ?? ""
        let fraction = Int64(digits + String(repeating: "0", count: 9 - digits.count)) ?? 0
        nanoseconds = whole * 1_000_000_000 + fraction
    }

    static func < (first: Instant, second: Instant) -> Bool { first.nanoseconds < second.nanoseconds }
}
