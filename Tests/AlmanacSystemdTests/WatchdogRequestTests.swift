import AlmanacSystemd
import Glibc
import Testing

@Suite("The watchdog is asked for by WATCHDOG_USEC, of this process alone", .serialized)
struct WatchdogRequestTests {
    @Test(
        "What the environment says, and what it asks for",
        arguments: [
            (nil, nil, nil),
            ("3000000", nil, Duration.seconds(3)),
            ("3000000", "self", Duration.seconds(3)),
            ("3000000", "1", nil),
            ("0", nil, nil),
            ("soon", nil, nil),
        ] as [(String?, String?, Duration?)]
    )
    func environment(interval: String?, process: String?, expected: Duration?) {
        set("WATCHDOG_USEC", interval)
        set("WATCHDOG_PID", process == "self" ? "\(getpid())" : process)
        defer {
            set("WATCHDOG_USEC", nil)
            set("WATCHDOG_PID", nil)
        }
        #expect(WatchdogRequest.ofEnvironment()?.limit == expected)
    }

    private func set(_ name: String, _ value: String?) {
        if let value { unsafe setenv(name, value, 1) } else { unsafe unsetenv(name) }
    }
}
