import Glibc

/// What /proc/PID/stat says of a process, as far as its ancestry goes. proc_pid_stat(5).
package struct ProcessStatus: Hashable, Sendable {
    package let pid: Int32
    package let parentPID: Int32
    /// The process that made its session, setsid(2), which may be gone.
    package let sessionID: Int32
    /// In clock ticks since the machine's start: together with the number it names a process for good.
    package let startTime: UInt64
    /// Whether it has ended and only waits to be reaped.
    package let isZombie: Bool

    package init(pid: Int32, parentPID: Int32, sessionID: Int32 = 0, startTime: UInt64, isZombie: Bool = false) {
        self.pid = pid
        self.parentPID = parentPID
        self.sessionID = sessionID
        self.startTime = startTime
        self.isZombie = isZombie
    }

    /// Reads the file's bytes; nil where they are not of that form.
    ///
    /// The second field is the program's name in parentheses. It may hold any bytes, parentheses, spaces and newlines too, so the fields are counted from
    /// the last closing one.
    package init?(stat bytes: [UInt8]) {
        guard let open = bytes.firstIndex(of: UInt8(ascii: "(")), let close = bytes.lastIndex(of: UInt8(ascii: ")")),
            open < close
        else { return nil }
        let fields = bytes[(close + 1)...].split(whereSeparator: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
        )
        // After the name: state (3), ppid (4), session (6), starttime (22).
        guard fields.count >= 20,
            let pid = Int32(String(decoding: bytes[..<open].dropLast(), as: UTF8.self)),
            let parentPID = Int32(String(decoding: fields[1], as: UTF8.self)),
            let sessionID = Int32(String(decoding: fields[3], as: UTF8.self)),
            let startTime = UInt64(String(decoding: fields[19], as: UTF8.self))
        else { return nil }
        self.init(
            pid: pid,
            parentPID: parentPID,
            sessionID: sessionID,
            startTime: startTime,
            isZombie: fields[0].elementsEqual([UInt8(ascii: "Z")])
        )
    }

    /// The process's status now; nil where there is none.
    package static func current(of pid: Int32) -> ProcessStatus? {
        let descriptor = unsafe open("/proc/\(pid)/stat", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 1024) { buffer, count in
            count = unsafe max(0, read(descriptor, buffer.baseAddress, buffer.count))
        }
        return ProcessStatus(stat: bytes)
    }
}

/// The processes of the machine at about one moment.
package struct ProcessTable: Sendable {
    private let processes: [ProcessStatus]

    package init(_ processes: [ProcessStatus]) {
        self.processes = processes
    }

    /// Reads /proc, and calls `body` with each process as soon as it is read.
    ///
    /// The kernel's own list of children (/proc/PID/task/TID/children) is not built into every kernel, so the parents of all processes are read. A
    /// process that is born meanwhile may be missing: whoever needs all of them asks again. Where /proc cannot be read, there are none.
    package static func current(body: (ProcessStatus) -> Void = { _ in }) -> ProcessTable {
        guard let folder = unsafe opendir("/proc") else { return ProcessTable([]) }
        defer { unsafe closedir(folder) }
        var processes: [ProcessStatus] = []
        while let entry = unsafe readdir(folder) {
            guard let pid = unsafe number(&entry.pointee.d_name), let status = ProcessStatus.current(of: pid) else {
                continue
            }
            processes.append(status)
            body(status)
        }
        return ProcessTable(processes)
    }

    /// All living processes whose chain of parents leads to `ancestor`, without itself.
    package func descendants(of ancestor: Int32) -> [ProcessStatus] {
        var known: Set<Int32> = [ancestor]
        var found: [ProcessStatus] = []
        var rest = processes.filter { $0.pid != ancestor }
        while true {
            let generation = rest.filter { known.contains($0.parentPID) }
            if generation.isEmpty { return found.filter { !$0.isZombie } }
            rest.removeAll { known.contains($0.parentPID) }
            found += generation
            known.formUnion(generation.map(\.pid))
        }
    }

    /// The number that a folder of /proc has as its name; nil for any other entry.
    private static func number<Name>(_ name: inout Name) -> Int32? {
        unsafe withUnsafeBytes(of: &name) { bytes in
            var number: Int32 = 0
            for index in bytes.indices {
                let byte = unsafe bytes[index]
                if byte == 0 { break }
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), number < 100_000_000 else { return nil }
                number = number * 10 + Int32(byte - UInt8(ascii: "0"))
            }
            return number == 0 ? nil : number
        }
    }
}

extension ProcessStatus {
    /// The process whoever its parent is, which changes when the parent dies, and whatever its session.
    package var identity: ProcessStatus { ProcessStatus(pid: pid, parentPID: 0, startTime: startTime) }
}
