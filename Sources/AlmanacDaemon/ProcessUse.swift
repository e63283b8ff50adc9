import AlmanacLinux
import Glibc

/// What this process uses of the machine.
struct ProcessUse {
    var residentBytes: Int64
    /// User and system time together.
    var cpuSeconds: Double
    var descriptorCount: Int

    static func now() -> ProcessUse {
        ProcessUse(
            residentBytes: residentBytes,
            cpuSeconds: Double(SystemClock.processorNanoseconds()) / 1e9,
            descriptorCount: descriptorCount
        )
    }

    /// The second number of /proc/self/statm, in pages: proc_pid_statm(5).
    private static var residentBytes: Int64 {
        let text = beginning(ofFile: "/proc/self/statm").map { String(decoding: $0, as: UTF8.self) } ?? ""
        let numbers = text.split(separator: " ")
        let pages = numbers.count > 1 ? Int64(numbers[1]) : nil
        return (pages ?? 0) * Int64(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static var descriptorCount: Int {
        guard let folder = unsafe opendir("/proc/self/fd") else { return 0 }
        defer { unsafe closedir(folder) }
        var count = 0
        while unsafe readdir(folder) != nil { count += 1 }
        // `.`, `..`, and the one that this is read with.
        return max(0, count - 3)
    }
}
