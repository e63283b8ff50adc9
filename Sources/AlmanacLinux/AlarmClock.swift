import CLinux
import Glibc

/// A timer on the wall clock: readable once an absolute time of CLOCK_REALTIME has come, or the clock has been set.
///
/// Made of timerfd_create(2) with TFD_TIMER_CANCEL_ON_SET, so that a clock step wakes whoever sleeps on it.
package struct AlarmClock: Sendable {
    /// Why the timer became readable.
    package enum Wakening: Sendable, Equatable {
        /// The time has come.
        case due
        /// The wall clock was set, by a step of any size or a resume from suspend. The timer must be armed again.
        case clockSet
        /// Nothing has happened yet.
        case none
    }

    package let descriptor: OwnedDescriptor

    package init() throws(SystemError) {
        descriptor = OwnedDescriptor(
            try SystemError.check("timerfd_create") { timerfd_create(CLOCK_REALTIME, CInt(TFD_CLOEXEC | TFD_NONBLOCK)) }
        )
    }

    /// Sets the time to wake at.
    ///
    /// - Parameter secondsSinceEpoch: whole seconds since 1970 in UTC; nil to be woken by clock steps alone. A time that
    ///   has passed wakes at once.
    package func arm(at secondsSinceEpoch: Int64?) throws(SystemError) {
        // A timer must be armed for steps to be noticed: the far future stands for never. Zero would disarm it.
        let seconds = max(1, min(secondsSinceEpoch ?? Self.never, Self.never))
        var setting = itimerspec(it_interval: timespec(), it_value: timespec(tv_sec: Int(seconds), tv_nsec: 0))
        try SystemError.check("timerfd_settime") {
            unsafe timerfd_settime(
                descriptor.number,
                CInt(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET),
                &setting,
                nil
            )
        }
    }

    /// Takes what has happened; call it when the descriptor is readable.
    package func read() throws(SystemError) -> Wakening {
        var expirations: UInt64 = 0
        let count = unsafe Glibc.read(descriptor.number, &expirations, MemoryLayout<UInt64>.size)
        if count > 0 { return .due }
        switch errno {
        case ECANCELED: return .clockSet
        case EAGAIN, EINTR: return .none
        default: throw SystemError("read", subject: "timerfd")
        }
    }

    /// 2200-01-01: far enough, and clear of the kernel's limit of 2^63 nanoseconds.
    private static let never: Int64 = 7_258_118_400
}
