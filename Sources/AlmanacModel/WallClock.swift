/// Tells the time of day. Passed in wherever the time is asked for, so that a test can set it.
package protocol WallClock: Sendable {
    var now: PreciseTimestamp { get }
}
