import CLinux
import Glibc

/// A timer that counts on CLOCK_BOOTTIME, which no clock step touches: readable once the time is up.
package struct Countdown: Sendable {
    package let descriptor: OwnedDescriptor

    package init() throws(SystemError) {
        descriptor = OwnedDescriptor(
            try SystemError.check("timerfd_create") { timerfd_create(CLOCK_BOOTTIME, CInt(TFD_CLOEXEC | TFD_NONBLOCK)) }
        )
    }

    /// Starts it anew; a duration of zero or less is up at once.
    package func start(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        if duration <= .zero { time = timespec(tv_sec: 0, tv_nsec: 1) }
        var setting = itimerspec(it_interval: timespec(), it_value: time)
        let outcome = unsafe timerfd_settime(descriptor.number, 0, &setting, nil)
        precondition(outcome == 0, "the kernel refuses a timer: errno \(errno)")
    }

    /// Takes the expiry, so that the descriptor is not readable any more.
    package func clear() {
        var expirations: UInt64 = 0
        _ = unsafe read(descriptor.number, &expirations, MemoryLayout<UInt64>.size)
    }
}
