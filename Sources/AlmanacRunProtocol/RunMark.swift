import Glibc

/// What the processes of a run are known by whose command carries no id in its environment: for the daemon, once a supervisor is gone
/// that would have known them by their ancestry.
package struct RunMark: RunFile {
    /// The time since the machine's start that all else belongs to: `RunStarted.currentBootID`.
    package var bootID: String?
    /// The run's session in the kernel's audit, which every descendant has, and which is never given twice between two starts of the machine; nil
    /// where the kernel has given none.
    package var auditSession: UInt32?
    /// The command's process, which leads a session of its own.
    package var command: ProcessStatus?
    /// The number of the pipe that the command's output goes to.
    package var outputInode: UInt?

    package init(
        bootID: String?,
        auditSession: UInt32? = nil,
        command: ProcessStatus? = nil,
        outputInode: UInt? = nil
    ) {
        self.bootID = bootID
        self.auditSession = auditSession
        self.command = command
        self.outputInode = outputInode
    }

    /// Takes down the command as it is now, and its output's pipe.
    package mutating func note(command pid: Int32, output: Int32) {
        command = ProcessStatus.current(of: pid)?.identity
        var status = stat()
        if unsafe fstat(output, &status) == 0 { outputInode = UInt(status.st_ino) }
    }

    package static var format: String { "almanac-run-mark" }
    package static func path(in folder: RunFolder) -> String { folder.markPath }

    package func encoded() -> [UInt8] {
        var records = RunRecords()
        records.append("boot-id", ifPresent: bootID)
        records.append("audit-session", ifPresent: auditSession)
        records.append("command-pid", ifPresent: command?.pid)
        records.append("command-start", ifPresent: command?.startTime)
        records.append("output-inode", ifPresent: outputInode)
        return records.encoded(format: Self.format, version: Self.version)
    }

    package init(decoding bytes: [UInt8]) throws(RunFormatError) {
        let records = try RunRecords(decoding: bytes, format: Self.format, version: Self.version)
        bootID = records.text("boot-id")
        auditSession = try records.integer("audit-session")
        outputInode = try records.integer("output-inode")
        if let pid: Int32 = try records.integer("command-pid") {
            let startTime: UInt64 = try records.require(records.integer("command-start"), "command-start")
            command = ProcessStatus(pid: pid, parentPID: 0, startTime: startTime)
        }
    }
}

extension RunMark {
    /// Whether a process is one of the run, by what it cannot shed: no number alone is enough, for numbers come again.
    ///
    /// - Parameter table: the process that has a number now.
    package func covers(_ process: ProcessStatus, in table: (Int32) -> ProcessStatus?) -> Bool {
        if let auditSession, AuditSession.current(of: process.pid) == auditSession { return true }
        guard let command, process.sessionID == command.pid, process.startTime >= command.startTime else {
            return false
        }
        // The leader lives and is the command, or is gone: then another may have had its number, and made a session, since.
        if let leader = table(command.pid) { return leader.startTime == command.startTime }
        return outputInode.map { Self.holds(process.pid, pipe: $0) } ?? false
    }

    private static func holds(_ pid: Int32, pipe inode: UInt) -> Bool {
        guard let folder = unsafe opendir("/proc/\(pid)/fd") else { return false }
        defer { unsafe closedir(folder) }
        let wanted = Array("pipe:[\(inode)]".utf8)
        while let entry = unsafe readdir(folder) {
            var target = [UInt8](repeating: 0, count: 64)
            let count = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { name in
                    unsafe readlinkat(dirfd(folder), name, &target, target.count)
                }
            }
            if count == wanted.count, target.prefix(count).elementsEqual(wanted) { return true }
        }
        return false
    }
}

/// The session of a process in the kernel's audit, which comes with its login user. audit_setloginuid(3), pam_loginuid(8).
package enum AuditSession {
    /// Gives this process a session of its own, and its descendants with it; nil where the kernel does not.
    ///
    /// It needs a kernel with audit, and a process that has no login user yet or that may change it (CAP_AUDIT_CONTROL).
    package static func begin(userID: UInt32) -> UInt32? {
        let before = current(of: getpid())
        let file = unsafe open("/proc/self/loginuid", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        let text = "\(userID)"
        guard unsafe write(file, text, text.utf8.count) == text.utf8.count else { return nil }
        let session = current(of: getpid())
        // One that it had before is shared with others.
        return session == before ? nil : session
    }

    /// The process's session; nil for none.
    package static func current(of pid: Int32) -> UInt32? {
        let file = unsafe open("/proc/\(pid)/sessionid", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 16) { buffer, count in
            count = unsafe max(0, read(file, buffer.baseAddress, buffer.count))
        }
        guard let session = UInt32(String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)),
            session != UInt32.max
        else { return nil }
        return session
    }
}
