import Glibc

/// The processes of runs, found by the run's id, which every command gets in its environment and hands on, or by what stands
/// in its place where a command gets no variable of Almanac's: the run's mark, or its cgroup.
///
/// For the daemon, once a supervisor is gone that would have known them by their ancestry.
package enum RunProcesses {
    /// The variable that holds the run's id.
    package static let variable = "ALMANAC_RUN_ID"

    /// The living processes of the runs, by run id: those that were executed with the id in their environment, those that the
    /// run's mark covers or its cgroup holds, and the descendants of such, whatever has become of their environment. The
    /// calling process is never among them.
    ///
    /// A process that is born meanwhile may be missing: whoever needs all of them asks again. An environment that this process may not
    /// read (a set-user-ID program's, for one that is not root) says nothing.
    ///
    /// - Parameters:
    ///   - marks: those that there are, by run id. One of an earlier start of the machine covers nothing.
    ///   - groups: the runs' cgroups, by run id.
    package static func find(
        _ ids: Set<String>,
        marks: [String: RunMark] = [:],
        groups: [String: RunControlGroup] = [:]
    ) -> [String: [ProcessStatus]] {
        let own = getpid()
        let bootID = RunStarted.currentBootID
        let marks = marks.filter { $0.value.bootID == bootID && bootID != nil }
        var members: [Int32: String] = [:]
        for (id, group) in groups { for pid in group.commandProcesses { members[pid] = id } }
        var owners: [Int32: String] = [:]
        var found: [String: [ProcessStatus]] = [:]
        var others: [ProcessStatus] = []
        var buffer = EnvironmentBuffer()
        _ = ProcessTable.current { process in
            guard process.pid != own else { return }
            let id =
                buffer.runID(of: process.pid).flatMap { ids.contains($0) ? $0 : nil }
                ?? members[process.pid]
                ?? marks.first { $0.value.covers(process, in: ProcessStatus.current(of:)) }?.key
            if !process.isZombie, let id {
                owners[process.pid] = id
                found[id, default: []].append(process)
            } else {
                others.append(process)
            }
        }
        // A generation a round. This process's own children belong to nobody by their parent.
        while true {
            let generation = others.filter { owners[$0.parentPID] != nil }
            if generation.isEmpty { return found }
            others.removeAll { owners[$0.parentPID] != nil }
            for process in generation {
                guard let id = owners[process.parentPID] else { continue }
                owners[process.pid] = id
                if !process.isZombie { found[id, default: []].append(process) }
            }
        }
    }

    /// The run id in the bytes of /proc/PID/environ: strings that end with a NUL each. proc_pid_environ(5).
    package static func runID(inEnvironment bytes: UnsafeRawBufferPointer) -> String? {
        let name = Array("\(variable)=".utf8)
        var start = 0
        while start + name.count < bytes.count {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[start...])
            guard let base = rest.baseAddress else { return nil }
            let end = unsafe memchr(base, 0, rest.count).map { unsafe UnsafeRawPointer($0) - base } ?? rest.count
            if end > name.count, unsafe memcmp(base, name, name.count) == 0 {
                return unsafe String(decoding: rest[name.count..<end], as: UTF8.self)
            }
            start += end + 1
        }
        return nil
    }
}

/// Reads environments one after the other into the same memory.
private struct EnvironmentBuffer {
    /// The kernel takes no longer arguments and environment than a quarter of the longest stack, 6 MB.
    private static let sizeLimit = 6 << 20

    private var bytes = [UInt8](repeating: 0, count: 64 << 10)

    /// The run id that the process carries; nil for none, and where its environment cannot be read.
    mutating func runID(of pid: Int32) -> String? {
        let descriptor = unsafe open("/proc/\(pid)/environ", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var filled = 0
        while true {
            if filled == bytes.count {
                guard filled < Self.sizeLimit else { break }
                bytes += [UInt8](repeating: 0, count: bytes.count)
            }
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe read(descriptor, buffer.baseAddress! + filled, buffer.count - filled)
            }
            guard count > 0 else { break }
            filled += count
        }
        return unsafe bytes.withUnsafeBytes { buffer in
            unsafe RunProcesses.runID(inEnvironment: UnsafeRawBufferPointer(rebasing: buffer[..<filled]))
        }
    }
}
