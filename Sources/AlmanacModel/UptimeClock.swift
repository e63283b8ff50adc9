/// How long the machine has been up.
package struct Uptime: Hashable, Sendable {
    /// Since boot, time in suspend included: CLOCK_BOOTTIME.
    package var total: Duration
    /// Since boot, time in suspend not included: CLOCK_MONOTONIC.
    package var awake: Duration

    package init(total: Duration, awake: Duration) {
        self.total = total
        self.awake = awake
    }
}

/// Tells how much time has passed, whatever the wall clock is set to. Passed in, so that a test can set it.
package protocol UptimeClock: Sendable {
    var uptime: Uptime { get }
}
