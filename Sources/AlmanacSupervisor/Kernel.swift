import AlmanacRunProtocol
import CLinux
import Glibc

/// The clocks and descriptors that a supervisor needs, over bare system calls.
enum Kernel {
    /// Nanoseconds of CLOCK_MONOTONIC.
    static var monotonicNanoseconds: Int64 { nanoseconds(CLOCK_MONOTONIC) }

    /// Nanoseconds since 1970 in UTC, by CLOCK_REALTIME.
    static var nanosecondsSinceEpoch: Int64 { nanoseconds(CLOCK_REALTIME) }

    private static func nanoseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Blocks all signals, and returns a descriptor that gives SIGCHLD and SIGTERM; nil, with errno set, where that fails.
    ///
    /// Those that a terminal sends, and any other, stay blocked for good: nobody but the daemon ends a run.
    static func blockSignals() -> Int32? {
        var all = sigset_t()
        unsafe sigfillset(&all)
        guard unsafe sigprocmask(SIG_SETMASK, &all, nil) == 0 else { return nil }
        var awaited = sigset_t()
        unsafe sigemptyset(&awaited)
        unsafe sigaddset(&awaited, SIGCHLD)
        unsafe sigaddset(&awaited, SIGTERM)
        let descriptor = unsafe clinux_signalfd(-1, &awaited, Int32(SFD_CLOEXEC) | Int32(SFD_NONBLOCK))
        return descriptor >= 0 ? descriptor : nil
    }

    /// Makes sure that 0, 1 and 2 are open, and closes all above them.
    static func dropInheritedDescriptors() {
        var descriptor: Int32
        repeat {
            descriptor = unsafe open("/dev/null", O_RDWR)
        } while descriptor >= 0 && descriptor <= 2
        _ = clinux_close_range(3, UInt32.max, 0)
    }

    /// Puts /dev/null in the place of 0, 1 and 2.
    static func closeStandardDescriptors() {
        let null = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
        guard null >= 0 else { return }
        for standard: Int32 in 0...2 { dup2(null, standard) }
        close(null)
    }

    /// A pipe, close-on-exec at both ends, whose read end does not block; nil, with errno set, where there is none to be had.
    static func pipe() -> (read: Int32, write: Int32)? {
        var ends: (read: Int32, write: Int32) = (-1, -1)
        let made = unsafe withUnsafeMutableBytes(of: &ends) { bytes in
            unsafe clinux_pipe2(bytes.assumingMemoryBound(to: Int32.self).baseAddress, O_CLOEXEC)
        }
        guard made == 0, clinux_fcntl(ends.read, F_SETFL, Int(O_NONBLOCK)) == 0 else { return nil }
        return ends
    }

    /// What a command reads: the file that its spec names, or the bytes in it, or /dev/null; nil, with errno set, where there is none to be had.
    static func input(_ spec: RunSpec) -> Int32? {
        guard let path = spec.standardInputPath else { return input(spec.standardInput) }
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        return file >= 0 ? file : nil
    }

    /// A descriptor to read `bytes` from, or /dev/null for nil; nil, with errno set, where there is none to be had.
    ///
    /// The bytes lie in a file without a name in memory, so that no length of them can block the supervisor.
    static func input(_ bytes: [UInt8]?) -> Int32? {
        guard let bytes else {
            let null = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
            return null >= 0 ? null : nil
        }
        let file = unsafe clinux_memfd_create("stdin", CLINUX_MFD_CLOEXEC)
        guard file >= 0 else { return nil }
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe write(file, buffer.baseAddress! + written, buffer.count - written)
            }
            guard count > 0 else {
                let error = errno
                close(file)
                errno = error
                return nil
            }
            written += count
        }
        lseek(file, 0, SEEK_SET)
        return file
    }
}
