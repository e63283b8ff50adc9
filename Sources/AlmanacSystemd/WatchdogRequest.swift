import CSystemd

/// The service manager's wish to be told regularly that the daemon is well.
package struct WatchdogRequest: Sendable, Hashable {
    /// How long the service manager waits for a sign of life before it takes the daemon for hung.
    package let limit: Duration

    /// Reads `WATCHDOG_USEC` and `WATCHDOG_PID`.
    ///
    /// - Returns: nil where there is no such wish, or where it is meant for another process.
    package static func ofEnvironment() -> WatchdogRequest? {
        var microseconds: UInt64 = 0
        guard unsafe sd_watchdog_enabled(0, &microseconds) > 0 else { return nil }
        return WatchdogRequest(limit: .microseconds(Int64(clamping: microseconds)))
    }
}
