import AlmanacAPI
import AlmanacTesting
import Testing

extension ContractRow {
    static let runs = [
        ContractRow("GET /api/runs/{runId} and under its task", ["getRunById", "getRun"]) { bench, client in
            for known in bench.past {
                let run = try client.get("/api/runs/\(known.id)").object(.run)
                #expect(run.bare == known)
                let task = try #require(run["task_name"]?.text)
                #expect(try client.get("/api/tasks/\(task)/runs/\(run.id)").object(.run) == run)
            }
            let tick = try #require(bench.past.first { $0["triggered_by"] == "cron" })
            #expect(tick["scheduled_at"] != nil && tick["tick"] != nil && tick["timezone"] == "Europe/Berlin")
            let retry = try #require(bench.past.first { $0["retry_attempt"] == 1 })
            let first = try #require(bench.past.first { $0.id == retry["retry_of_run_id"]?.text })
            #expect(first["task_name"] == "past-flaky" && first["retry_attempt"] == 0)
            // Of another task there is no such run.
            try client.get("/api/tasks/good/runs/\(tick.id)").refused(404)
        },
        ContractRow("GET /api/runs/summary", ["getRunSummary"]) { _, client in
            let before = try client.get("/api/runs/summary").object(.summary)
            _ = try client.run("good")
            let failed = try client.run("bad")
            let after = try client.get("/api/runs/summary").object(.summary)
            for (name, more) in [("total", 2), ("success", 1), ("failed", 1), ("missed", 0)] as [(String, Int64)] {
                #expect(after[name]?.number == (before[name]?.number ?? 0) + more, "\(name)")
            }
            #expect(after["last_failure"] == failed["end_at"])
            #expect(after["total"] == (try client.get("/api/runs?limit=1").json()["total"]))
        },
        ContractRow("POST .../runs/{runId}/stop", ["stopRunById", "stopRun"]) { _, client in
            for path in ["/api/runs", "/api/tasks/sleeper/runs"] {
                let run = try client.start("sleeper")
                #expect(try eventually { try client.get("/api/runs/\(run.id)").json()["status"] == "running" })
                try client.post("/api/tasks/good/runs/\(run.id)/stop").refused(404)
                let answer = try client.post("\(path)/\(run.id)/stop", [:]).json()
                #expect(answer["message"]?.text?.isEmpty == false)
                var ended = run
                #expect(
                    try eventually {
                        ended = try client.get("/api/runs/\(run.id)").object(.run)
                        return ended["status"] == "ended"
                    }
                )
                // SIGTERM or SIGKILL, whichever it was that the command felt; neither where its supervisor had not begun it.
                #expect(ended["end_reason"] == "stopped" && [143, 137, -1].contains(ended["exit_code"]), "\(ended)")
                try client.post("\(path)/\(run.id)/stop").refused(409)
            }
        },
        ContractRow("DELETE .../runs/{runId}", ["deleteRunById", "deleteRun"]) { _, client in
            for form in ["/api/runs", "/api/tasks/sleeper/runs"] {
                let run = try client.start("sleeper")
                let path = "\(form)/\(run.id)"
                try client.delete(path).refused(409)
                _ = try client.stop(run)
                try client.delete("/api/tasks/good/runs/\(run.id)").refused(404)
                let answer = try client.delete(path)
                #expect(answer.status == 204 && answer.body.isEmpty)
                for path in [path, "\(path)/log", "\(path)/log/raw"] { try client.get(path).refused(404) }
                try client.delete(path).refused(404)
            }
        },
    ]
}
