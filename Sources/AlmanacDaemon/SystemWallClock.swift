import AlmanacLinux
import AlmanacModel

/// The machine's own clocks.
struct SystemWallClock: WallClock, UptimeClock {
    var now: PreciseTimestamp {
        PreciseTimestamp(nanosecondsSinceEpoch: SystemClock.realtimeNanoseconds())
    }

    var uptime: Uptime {
        Uptime(
            total: .nanoseconds(SystemClock.bootNanoseconds()),
            awake: .nanoseconds(SystemClock.monotonicNanoseconds())
        )
    }
}
