import AlmanacTesting
import FoundationEssentials
import Testing

@Suite("Sixteen clients hammer a daemon that is killed twice, and nothing that was confirmed is lost")
struct HammerTests {
    /// How long the clients go on: `ALMANAC_HAMMER_SECONDS`, else a few.
    private static var seconds: Double {
        ProcessInfo.processInfo.environment["ALMANAC_HAMMER_SECONDS"].flatMap(Double.init) ?? 9
    }

    /// Sixteen clients, of which each asks for the next thing when it has been answered: runs, with and without waiting for their
    /// ends, listings, pages of logs, and streams, each of which goes on where the client's last one was cut off, with every number
    /// after that. They end when the file `stop` appears, and print what they have counted and which runs were confirmed.
    private static let clients = #"""
        import collections, http.client, json, os, random, socket, sys, threading, time
        path, stop = sys.argv[1:]
        counts = collections.Counter()
        confirmed = {}
        faults = []
        lock = threading.Lock()

        class Connection(http.client.HTTPConnection):
            def connect(self):
                self.sock = socket.socket(socket.AF_UNIX)
                self.sock.settimeout(60)
                self.sock.connect(path)

        def ask(connection, method, target, body=None):
            headers = {"Content-Type": "application/json"} if body else {}
            connection.request(method, target, json.dumps(body) if body else None, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()

        def count(name):
            with lock: counts[name] += 1

        def trigger(connection, waits):
            code = random.randrange(6)
            status, text = ask(connection, "POST", "/api/tasks/hammer/run" + ("?wait=true" if waits else ""), {"params": {"CODE": str(code)}})
            if status != 201:
                count("trigger refused with %d" % status)
                if status != 503: faults.append("trigger: %d %s" % (status, text[:200]))
                return
            run = json.loads(text)
            with lock: confirmed[run["id"]] = code
            count("waited for" if waits else "triggered")
            if waits and (run["status"], run["exit_code"]) != ("ended", code):
                faults.append("waited in vain: %s, code %d" % (text, code))

        def take(event, seen):
            name, number = event["event"], int(event["id"])
            expected = seen.get("last", number) + (1 if name.startswith("run.") else 0)
            if number != expected or not (name == "ping" or name.startswith("run.")):
                faults.append("stream: %s in the place of number %d" % (event, expected))
            seen["last"] = number
            if name != "ping": count("events")

        def stream(connection, seen):
            headers = {"Last-Event-ID": str(seen["last"])} if seen else {}
            connection.request("GET", "/api/runs/stream", headers=headers)
            answer = connection.getresponse()
            if answer.status != 200:
                answer.read()
                count("stream refused with %d" % answer.status)
                if answer.status != 503: faults.append("stream: %d" % answer.status)
                return
            count("streams resumed" if headers else "streams")
            end = time.monotonic() + 2
            event = {}
            # An event counts once it is whole.
            while time.monotonic() < end and (line := answer.readline().decode()).endswith("\n"):
                if line != "\n":
                    name, value = line[:-1].split(": ", 1)
                    event[name] = value
                    continue
                take(event, seen)
                event = {}
            connection.close()

        def client(number):
            connection = Connection("localhost")
            seen = {}
            while not os.path.exists(stop):
                try:
                    kind = number % 4 if random.random() < 0.7 else random.randrange(5)
                    if kind < 2:
                        trigger(connection, kind == 0)
                    elif kind == 2:
                        status, text = ask(connection, "GET", "/api/runs?limit=20&status=success,failed&offset=%d" % random.randrange(50))
                        count("lists")
                        if status != 200 or "runs" not in json.loads(text): faults.append("list: %d %s" % (status, text[:200]))
                    elif kind == 3:
                        with lock: ids = list(confirmed)[-50:]
                        if not ids:
                            time.sleep(0.01)
                            continue
                        status, text = ask(connection, "GET", "/api/tasks/hammer/runs/%s/log?from=0&limit=2" % random.choice(ids))
                        count("log pages")
                        if status != 200: faults.append("log: %d %s" % (status, text[:200]))
                    else:
                        stream(connection, seen)
                except (OSError, http.client.HTTPException):
                    count("broken connections")
                    connection.close()
                    time.sleep(0.02)

        threads = [threading.Thread(target=client, args=(number,)) for number in range(16)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        print(json.dumps({"counts": dict(sorted(counts.items())), "confirmed": confirmed, "faults": faults}))
        """#

    private struct Account: Decodable {
        let counts: [String: Int]
        /// The exit code that each run is to have.
        let confirmed: [String: Int]
        let faults: [String]
    }

    @Test("every 201 is a row, every run has ended with its exit code, and none ran twice")
    func hammer() throws {
        let folder = TemporaryFolder()
        let first = DaemonProcess(
            """
            [tasks.hammer]
            run = 'echo "$ALMANAC_RUN_ID" >>\(folder.file("ran")); echo one; echo two >&2; exit "$CODE"'
            max_concurrent = 1024
            queue_max = 100000
            params = [{ env = "CODE" }]
            """,
            in: folder
        )
        try #require(first.isReady(), "\(first.child.standardError)")
        let script = folder.write(Self.clients, to: "clients.py")
        let clients = ChildProcess(["python3", script, first.socketPath, folder.file("stop")])
        var daemon = first
        for _ in 0..<2 {
            pause(Self.seconds / 3)
            daemon.kill()
            daemon = DaemonProcess(nil, in: folder)
            try #require(daemon.isReady(), "\(daemon.child.standardError)")
        }
        pause(Self.seconds / 3)
        folder.write("", to: "stop")
        let outcome = try #require(clients.wait(seconds: 120))
        try #require(outcome.exitCode == 0, "\(outcome.standardError)")
        let account = try JSONDecoder().decode(Account.self, from: Data(outcome.standardOutput.utf8))
        #expect(account.faults == [])

        // What was confirmed, and what was made although nobody was told so any more.
        #expect(eventually(within: 120) { daemon.runs("status=pending,running").isEmpty })
        var rows: [String: RunRow] = [:]
        while true {
            let text = daemon.get("/api/runs?limit=1000&sort_direction=asc&offset=\(rows.count)").body
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            let page = try decoder.decode(Page.self, from: Data(text.utf8))
            for run in page.runs { #expect(rows.updateValue(run, forKey: run.id) == nil) }
            if rows.count >= page.total || page.runs.isEmpty { break }
        }
        #expect(account.confirmed.keys.filter { rows[$0] == nil } == [])
        let wrong = rows.values.filter { run in
            run.status != "ended" || run.params.code != "\(run.exitCode)"
                || run.endReason != (run.exitCode == 0 ? "success" : "failed")
                || account.confirmed[run.id].map { $0 != run.exitCode } == true
        }
        #expect(wrong.map(\.id) == [])
        let ran = String(decoding: TemporaryFolder.read(folder.file("ran")) ?? [], as: UTF8.self)
            .split(separator: "\n").map(String.init)
        #expect(ran.count == Set(ran).count)
        #expect(Set(ran) == Set(rows.keys))
        #expect(account.confirmed.count > 16)
        #expect((account.counts["events"] ?? 0) > 0)
        print("hammered: \(rows.count) runs, \(account.confirmed.count) of them confirmed; \(account.counts)")
    }

    private struct Page: Decodable {
        let runs: [RunRow]
        let total: Int
    }

    private struct RunRow: Decodable {
        let id: String
        let status: String
        let endReason: String?
        let exitCode: Int
        let params: Parameters
    }

    private struct Parameters: Decodable {
        let code: String

        enum CodingKeys: String, CodingKey { case code = "CODE" }
    }

    private func pause(_ seconds: Double) {
        _ = eventually(within: seconds) { false }
    }
}
