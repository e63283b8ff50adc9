import AlmanacAPI
import AlmanacModel
import AlmanacServer
import Testing

@Suite("Metrics are served, and the server's own are counted")
struct MetricsTests {
    struct Preference: CustomTestStringConvertible, Sendable {
        var accept: String?
        var isOpenMetrics: Bool
        var testDescription: String { accept ?? "no Accept" }
    }

    static let preferences = [
        Preference(accept: nil, isOpenMetrics: false),
        Preference(accept: "*/*", isOpenMetrics: false),
        Preference(accept: "text/plain", isOpenMetrics: false),
        Preference(accept: "application/openmetrics-text", isOpenMetrics: true),
        // Prometheus 2.42.
        Preference(
            accept: "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            isOpenMetrics: true
        ),
        Preference(accept: "text/plain, application/openmetrics-text;q=0.5", isOpenMetrics: false),
        Preference(accept: "application/openmetrics-text; q=0, */*", isOpenMetrics: false),
        Preference(accept: "Application/OpenMetrics-Text ; Q=0.9, text/*;q=0.8", isOpenMetrics: true),
        Preference(accept: "application/json", isOpenMetrics: false),
    ]

    @Test("A client gets the format that it prefers, and the older one where it does not say", arguments: preferences)
    func formats(preference: Preference) async throws {
        let headers = preference.accept.map { [(name: "Accept", value: $0)] } ?? []
        let client = try MemoryClient(Fixture())
        #expect(try await client.get("/health").status == 200)
        let answer = try await client.send(TestRequest(method: "GET", path: "/metrics", headers: headers))
        #expect(answer.status == 200)
        let format: MetricsFormat = preference.isOpenMetrics ? .openMetrics : .prometheusText
        #expect(answer.headers["content-type"] == format.mediaType)
        #expect(answer.headers["vary"] == "Accept")
        let type = preference.isOpenMetrics ? "almanac_api_requests" : "almanac_api_requests_total"
        #expect(answer.text.contains("# TYPE \(type) counter\n"))
        #expect(answer.text.hasSuffix("# EOF\n"))
    }

    @Test("They take no query")
    func query() async throws {
        #expect(try await MemoryClient(Fixture()).get("/metrics?name=x").faultLocations == ["query.name"])
    }

    @Test("Every answer is counted by its operation and status, and timed")
    func requests() async throws {
        let fixture = Fixture()
        try await RunningServer.run(fixture) { server in
            for path in ["/health", "/health", "/api/tasks/none", "/nowhere"] {
                _ = try await server.tcpClient.get(path)
            }
            let counted = fixture.metrics
            #expect(counted.value(#"almanac_api_requests_total{operation="getHealth",status="200"}"#) == 2)
            #expect(counted.value(#"almanac_api_requests_total{operation="getTask",status="404"}"#) == 1)
            #expect(counted.value(#"almanac_api_requests_total{operation="none",status="404"}"#) == 1)
            #expect(counted.value(#"almanac_api_request_duration_seconds_count{operation="getHealth"}"#) == 2)
        }
    }

    @Test("Attempts with wrong credentials are counted")
    func failedAttempts() async throws {
        var fixture = Fixture()
        fixture.access.tcp = .credentials
        try await RunningServer.run(fixture) { server in
            let headers = [(name: "Authorization", value: "Bearer almanac_wrong")]
            let answer = try await server.tcpClient.send(
                TestRequest(method: "GET", path: "/metrics", headers: headers)
            )
            #expect(answer.status == 401)
            #expect(fixture.metrics.value("almanac_api_failed_attempts_total") == 1)
        }
    }

    @Test("Alone on a listener, they are for everybody, and there is nothing else")
    func alone() async throws {
        var fixture = Fixture()
        fixture.access.tcp = .credentials
        try await RunningServer.run(fixture, operations: APIOperation.metricsForEveryone) { server in
            let answer = try await server.tcpClient.get("/metrics")
            #expect(answer.status == 200)
            for path in ["/health", "/api/tasks", "/openapi.json", "/"] {
                #expect(try await server.tcpClient.get(path).status == 404, "\(path)")
            }
            let refused = try await server.tcpClient.send(
                TestRequest(method: "GET", path: "/metrics", host: "elsewhere.example")
            )
            #expect(refused.status == 421)
            #expect(try await server.tcpClient.post("/metrics", body: "{}").status == 405)
        }
    }
}
