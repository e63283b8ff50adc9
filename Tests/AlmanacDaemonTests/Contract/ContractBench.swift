import AlmanacAPI
import AlmanacTesting
import Testing

/// A daemon with a past, for all rows of the contract.
final class ContractBench: Sendable {
    /// The one of the suite that is run.
    @TaskLocal static var current: ContractBench?

    enum Transport: String, CaseIterable, CustomTestStringConvertible {
        case unix = "the Unix socket"
        case tcp = "TCP with a token"

        var testDescription: String { rawValue }
    }

    let daemon: DaemonProcess
    let unix: ContractClient
    /// With a token that may do everything.
    let tcp: ContractClient
    /// With tokens that may read, and start the task `good`.
    let reader: ContractClient
    let starter: ContractClient
    /// The runs of the tasks whose names begin with `past-`, newest first; nothing becomes of them any more.
    let past: [JSONValue]

    func client(over transport: Transport) -> ContractClient {
        switch transport {
        case .unix: unix
        case .tcp: tcp
        }
    }

    /// Starts the daemon, first with a task that fires each second, whose run is part of the past.
    init() throws {
        let daemon = DaemonProcess(
            Self.configuration.replacing("0 4 29 2 *", with: "* * * * * *"),
            listen: ["127.0.0.1:0"]
        )
        self.daemon = daemon
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let unix = ContractClient(address: .unix(daemon.socketPath), visits: ContractClient.Visits())
        try #require(eventually { !daemon.runs("task_name=past-tick&status=success").isEmpty })
        daemon.folder.write(Self.configuration, to: "almanac.toml")
        _ = try unix.post("/api/reload").json()

        let address = ContractSocket.Address.tcp(daemon.port)
        func tokenClient(_ name: String, _ scope: JSONValue) throws -> ContractClient {
            let token = try unix.post("/api/tokens", ["name": .string(name), "scopes": [scope]]).json(201)["token"]
            return ContractClient(address: address, token: token?.text, visits: unix.visits)
        }
        self.unix = unix
        tcp = try tokenClient("boss", "admin")
        reader = try tokenClient("reader", "read")
        starter = try tokenClient("starter", "trigger:good")

        for name in ["past-ok", "past-bad", "past-flaky", "past-ok", "past-bad", "past-ok"] {
            _ = try unix.run(name)
        }
        for _ in 0..<2 { _ = try unix.start("past-sleep") }
        let quiet = eventually {
            let active = daemon.runs("search=past-&status=pending,running").map(\.status).sorted()
            return active == ["pending", "running"] && daemon.runs("task_name=past-flaky&status=ended").count == 2
        }
        try #require(quiet)
        past = try unix.get("/api/runs?search=past-&limit=1000").json()["runs"]?.elements ?? []
    }

    /// Whether the daemon ends as it should; its commands are ended with it.
    func end() -> Bool { daemon.end(2)?.exitCode == 0 }

    static let configuration = #"""
        [scheduler]
        timezone = "Europe/Berlin"

        [tasks.good]
        description = "A quick success"
        group = "quick"
        run = "echo out; echo err >&2"

        [tasks.bad]
        run = "echo bad; exit 3"

        [tasks.sleeper]
        run = "echo asleep; exec sleep 600"
        graceful_stop = "0s"
        max_concurrent = 50

        [tasks.skipper]
        run = "exec sleep 600"
        graceful_stop = "0s"
        max_concurrent = 1
        on_overlap = "skip"

        [tasks.crowded]
        run = "exec sleep 600"
        graceful_stop = "0s"
        max_concurrent = 1
        on_overlap = "queue"
        queue_max = 0

        [tasks.export]
        run = 'printf "<%s>" "${ROWS-none}" "$@"'
        params = [
            { env = "ROWS", type = "int", default = 5, description = "how many" },
            { option = "--region", default = "eu", choices = ["eu", "us"], allow_custom = true },
            { flag = "-v" },
            { arg = "file", required = true },
        ]

        [tasks.locked]
        run = "true"
        cron = "0 4 29 2 *"
        api_trigger = false

        [tasks.secretive]
        run = 'echo "$PLAIN ${#HUSH}"'
        env = { PLAIN = "plain-value" }
        secrets = { HUSH = "hush-value" }

        [tasks.planned]
        cron = "30 2 * * *"
        run = "true"
        timeout = "1m30s"
        retry_attempts = 2
        retry_delay = "5s"
        retry_backoff = "linear"
        jitter = "2s"
        keep_for = "30d"
        keep_runs = 20
        log_max_size = "64KB"
        exit_codes = [0, 2]
        stop_signal = "SIGINT"
        umask = "027"
        catch_up = "skip"

        [tasks.hourly]
        cron = "0 * 29 2 *"
        timezone = "America/New_York"
        run = "true"

        [tasks.chatty]
        run = "for n in $(seq 0 1499); do echo line $n; done; printf unfinished"

        [tasks.cut]
        log_max_size = "64KB"
        log_on_full = "drop_old"
        run = "for n in $(seq 0 4999); do echo number $n of many; done"

        [tasks.bulk-a]
        run = "true"

        [tasks.bulk-b]
        run = "true"

        [tasks.past-tick]
        cron = "0 4 29 2 *"
        run = "true"

        [tasks.past-start]
        run = "true"
        run_on_start = true

        [tasks.past-ok]
        run = "echo fine"

        [tasks.past-bad]
        run = "sleep 0.1; exit 3"

        [tasks.past-flaky]
        run = "exit 4"
        retry_attempts = 1
        retry_delay = "0s"

        [tasks.past-sleep]
        run = "exec sleep 600"
        graceful_stop = "0s"
        max_concurrent = 1
        on_overlap = "queue"
        """#
}

extension ContractClient {
    /// Starts a run.
    func start(_ task: String) throws -> JSONValue {
        try post("/api/tasks/\(task)/run").object(.run, 201)
    }

    /// Starts a run, and waits for its end.
    func run(_ task: String, _ params: JSONValue? = nil) throws -> JSONValue {
        let run = try post("/api/tasks/\(task)/run?wait=true&wait_timeout=50", params.map { ["params": $0] })
            .object(.run, 201)
        #expect(run["status"] == "ended")
        return run
    }

    /// Stops a run, and waits until it has ended.
    func stop(_ run: JSONValue) throws -> JSONValue {
        let path = "/api/runs/\(run.id)"
        _ = try post("\(path)/stop").json()
        var ended = run
        #expect(
            try eventually {
                ended = try get(path).object(.run)
                return ended["status"] == "ended"
            }
        )
        return ended
    }
}

extension JSONValue {
    /// The id of a run.
    var id: String { self["id"]?.text ?? "" }
}

/// Starts one daemon for all tests of a suite.
struct ContractBenchTrait: SuiteTrait, TestScoping {
    let isRecursive = false

    @concurrent func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let bench = try ContractBench()
        try await ContractBench.$current.withValue(bench) { try await function() }
        #expect(bench.end(), "\(bench.daemon.child.standardError)")
    }
}

extension SuiteTrait where Self == ContractBenchTrait {
    /// One daemon for the whole suite.
    static var contractBench: Self { ContractBenchTrait() }
}
