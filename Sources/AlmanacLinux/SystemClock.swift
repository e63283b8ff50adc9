import CLinux
import Glibc

/// Nanoseconds of the kernel's clocks.
package enum SystemClock {
    /// Nanoseconds since 1970-01-01T00:00:00Z by CLOCK_REALTIME. No system call: the vDSO answers.
    package static func realtimeNanoseconds() -> Int64 { nanoseconds(CLOCK_REALTIME) }

    /// Nanoseconds by CLOCK_BOOTTIME, which counts on through suspend and is never set.
    package static func bootNanoseconds() -> Int64 { nanoseconds(CLOCK_BOOTTIME) }

    /// Nanoseconds by CLOCK_MONOTONIC, which stands still in suspend and is never set.
    package static func monotonicNanoseconds() -> Int64 { nanoseconds(CLOCK_MONOTONIC) }

    /// Nanoseconds that all threads of this process have run, in user and kernel mode together: CLOCK_PROCESS_CPUTIME_ID.
    package static func processorNanoseconds() -> Int64 { nanoseconds(CLOCK_PROCESS_CPUTIME_ID) }

    private static func nanoseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
