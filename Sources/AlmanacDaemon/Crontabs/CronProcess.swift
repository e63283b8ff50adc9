import AlmanacLinux
import AlmanacRunProtocol
import Glibc

/// Finds the cron that runs on this machine, Debian's or one that behaves like it.
enum CronProcess {
    /// What cron calls itself: Debian's, and most others.
    private static let names: Set = ["cron", "crond"]

    /// The number of the process that runs crontabs; nil where none does.
    ///
    /// A pid file names it. Crons without one are looked for among all processes.
    static func find(pidFiles: [String]) -> Int32? {
        for file in pidFiles {
            if let pid = number(in: file), isCron(pid), holdsOpen(file, pid) { return pid }
        }
        var found: Int32?
        _ = ProcessTable.current { process in
            if found == nil, isCron(process.pid), isRoot(process.pid), isOfThisNamespace(process.pid) {
                found = process.pid
            }
        }
        return found
    }

    /// When a cron was last started, in seconds since 1970 in UTC, as far as the pid files tell: it writes them then alone.
    static func lastStart(pidFiles: [String]) -> Int64? {
        pidFiles.compactMap { FileState(path: $0)?.modifiedSeconds }.max()
    }

    /// Whether a process is cron itself: alive, of its name, and none of the children that cron makes for each job, which go by
    /// the name in capitals and may outlive it.
    static func isCron(_ pid: Int32) -> Bool {
        guard let comm = beginning(ofFile: "/proc/\(pid)/comm"), let status = ProcessStatus.current(of: pid),
            !status.isZombie
        else { return false }
        let name = String(decoding: comm.prefix { $0 != 0x0A }, as: UTF8.self)
        guard names.contains(name) else { return false }
        let argument = (beginning(ofFile: "/proc/\(pid)/cmdline") ?? []).prefix { $0 != 0 }
        return argument.split(separator: UInt8(ascii: "/")).last.map { !$0.elementsEqual(name.uppercased().utf8) }
            ?? true
    }

    private static func number(in pidFile: String) -> Int32? {
        let text = String(decoding: beginning(ofFile: pidFile, limit: 32) ?? [], as: UTF8.self)
        return text.split { $0.isWhitespace }.first.flatMap { Int32($0) }.flatMap { $0 > 0 ? $0 : nil }
    }

    /// Whether the process has its pid file open, which it holds a lock on: a file that a cron of long ago has left names a
    /// process of any kind.
    ///
    /// To try the lock would be surer, and a cron that starts at that moment would find it taken and give up. Where it cannot
    /// be known, it is taken to be so.
    private static func holdsOpen(_ pidFile: String, _ pid: Int32) -> Bool {
        var file = stat()
        guard unsafe stat(pidFile, &file) == 0 else { return false }
        guard let folder = unsafe opendir("/proc/\(pid)/fd") else { return errno != ENOENT }
        defer { unsafe closedir(folder) }
        while let entry = unsafe readdir(folder) {
            var status = stat()
            let isSame = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { name in
                    unsafe fstatat(dirfd(folder), name, &status, 0) == 0 && status.st_dev == file.st_dev
                        && status.st_ino == file.st_ino
                }
            }
            if isSame { return true }
        }
        return false
    }

    private static func isRoot(_ pid: Int32) -> Bool {
        var status = stat()
        return unsafe stat("/proc/\(pid)", &status) == 0 && status.st_uid == 0
    }

    /// A container's cron reads the container's crontabs.
    private static func isOfThisNamespace(_ pid: Int32) -> Bool {
        var (own, other) = (stat(), stat())
        guard unsafe stat("/proc/self/ns/pid", &own) == 0, unsafe stat("/proc/\(pid)/ns/pid", &other) == 0 else {
            return true
        }
        return own.st_dev == other.st_dev && own.st_ino == other.st_ino
    }
}
