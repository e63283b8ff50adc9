import AlmanacCalendar
import AlmanacMetrics
import AlmanacModel
import AlmanacServer
import AlmanacTesting
import Glibc
import Logging
import NIOPosix

/// A daemon's parts around the API, in memory.
struct Fixture {
    static let group = MultiThreadedEventLoopGroup.singleton

    let clock = ManualClock("2026-03-28T12:00:00Z")
    let ledger: RunLedger
    let pauses: PauseLedger
    let reloads = ScriptedReload()
    var log: FixedLog
    let accessStore: InMemoryRunStore
    let elapsed = ManualElapsed()
    /// The tokens that there are, with what their holders send.
    let tokens: TokenRegister
    let events = EventLedger()
    let followed = GrowingLog()
    let metrics = CountedMetrics()
    var access = AccessSettings(tcp: .openOnLoopback, daemonUserID: geteuid())

    /// - Parameter tokens: those of the store.
    init(tokens: [APIToken] = [], accessStore: InMemoryRunStore = InMemoryRunStore()) {
        self.accessStore = accessStore
        ledger = RunLedger(clock: clock)
        self.tokens = TokenRegister(tokens, store: accessStore, clock: clock, logger: Self.logger)
        pauses = PauseLedger(clock: clock)
        let line = RunLogLine(
            number: 7,
            at: PreciseTimestamp(nanosecondsSinceEpoch: 1_500_000_000),
            stream: .stderr,
            text: [0x68, 0x69, 0xFF],
            isContinued: true,
            isPartial: true
        )
        log = FixedLog(
            chunks: [Array("one\n".utf8), Array("two".utf8)],
            page: RunLogPage(lines: [line], firstAvailable: 7, totalLines: 8, isTruncated: true, isFinalized: false)
        )
    }

    /// hello: nothing special. locked: not for the API. skips: an overlap policy that turns every run away.
    /// nightly: at 02:30 in a zone like Berlin's, with all that a task can be given. boot: at each start.
    var catalog: Catalog {
        get throws {
            let zone = try ZoneRules(id: ZoneID("Europe/Berlin"), posixTZ: "CET-1CEST,M3.5.0,M10.5.0/3")
            let schedule = Schedule(try CronExpression("30 2 * * *"), in: zone, gap: .skip)
            return Catalog(
                tasks: [
                    TaskDefinition(name: "hello", command: "echo secret", summary: "Says hello", group: "greetings"),
                    TaskDefinition(name: "locked", command: "true", allowsAPITrigger: false),
                    TaskDefinition(name: "skips", command: "true", onOverlap: .skip),
                    TaskDefinition(
                        name: "nightly",
                        command: "true",
                        schedule: TaskSchedule(text: "30 2 * * *", schedule: schedule, hasOwnZone: true),
                        timeout: .seconds(90),
                        settings: CommandSettings(
                            shell: "/bin/bash",
                            workingDirectory: "/srv",
                            umask: 0o27,
                            environment: ["COLOUR": "blue"],
                            secrets: ["TOKEN": "hush-hush"],
                            secretsFile: "/etc/secrets",
                            stopSignal: 2,
                            successExitCodes: [3, 0]
                        ),
                        retry: RetryPolicy(attempts: 2, delay: .milliseconds(1500), backoff: .exponential),
                        parameters: Self.parameters,
                        jitter: .seconds(600),
                        keepRuns: 10,
                        keepFor: .seconds(86_400)
                    ),
                    TaskDefinition(
                        name: "boot",
                        command: "true",
                        schedule: TaskSchedule(
                            text: "@reboot",
                            schedule: Schedule(try CronExpression("@reboot"), in: zone),
                            hasOwnZone: true
                        ),
                        settings: CommandSettings(
                            environment: ["COLOUR": "red"],
                            fileEnvironment: ["PASSWORD": "hush-hush"],
                            environmentFile: "/etc/env"
                        )
                    ),
                    TaskDefinition(
                        name: "strict",
                        command: "true",
                        parameters: [ParameterDefinition(kind: .arg, key: "who", isRequired: true)]
                    ),
                ],
                defaultZone: .utc,
                zoneSource: .system,
                loadedAt: PreciseTimestamp(nanosecondsSinceEpoch: 1_250_000_000)
            )
        }
    }

    static let parameters = [
        ParameterDefinition(
            kind: .env,
            key: "region",
            defaultValue: "eu",
            choices: ["eu", "us"],
            summary: "Where"
        ),
        ParameterDefinition(kind: .option, key: "--count", type: .int, defaultValue: "1", allowsCustom: true),
        ParameterDefinition(kind: .arg, key: "note"),
    ]

    var dependencies: APIServer.Dependencies {
        get throws {
            APIServer.Dependencies(
                catalog: FixedCatalog(catalog: try catalog),
                maker: ledger,
                control: ledger,
                store: ledger,
                survey: ledger,
                removing: ledger,
                logs: log,
                logSearch: log,
                events: events,
                following: followed,
                reloading: reloads,
                pausing: pauses,
                clock: clock,
                daemon: DaemonFacts(
                    version: "1.2.3",
                    fingerprint: "abc",
                    isServiceManaged: false,
                    configPath: "/etc/almanac.toml"
                ) {
                    true
                },
                access: access,
                tokens: tokens,
                audit: accessStore,
                metrics: metrics,
                metricsFactory: metrics.registry,
                elapsed: { [elapsed] in elapsed.time },
                logger: Self.logger
            )
        }
    }

    static var logger: Logger {
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        return logger
    }

    private struct FixedCatalog: CatalogSource {
        var catalog: Catalog
    }
}
