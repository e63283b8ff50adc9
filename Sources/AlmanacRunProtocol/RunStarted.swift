import Glibc

/// The mark that the command of a run may have been started: from here on the run is never started again.
package struct RunStarted: RunFile {
    package var supervisorPID: Int32
    /// When the supervisor was about to start the command, in nanoseconds since 1970 in UTC.
    package var nanosecondsSinceEpoch: Int64
    /// The kernel's name for the time since the machine's start, /proc/sys/kernel/random/boot_id; nil where it could not be read.
    package var bootID: String?

    package init(supervisorPID: Int32, nanosecondsSinceEpoch: Int64, bootID: String?) {
        self.supervisorPID = supervisorPID
        self.nanosecondsSinceEpoch = nanosecondsSinceEpoch
        self.bootID = bootID
    }

    package static var format: String { "almanac-run-started" }
    package static func path(in folder: RunFolder) -> String { folder.startedPath }

    package func encoded() -> [UInt8] {
        var records = RunRecords()
        records.append("supervisor-pid", supervisorPID)
        records.append("time-ns", nanosecondsSinceEpoch)
        records.append("boot-id", ifPresent: bootID)
        return records.encoded(format: Self.format, version: Self.version)
    }

    package init(decoding bytes: [UInt8]) throws(RunFormatError) {
        let records = try RunRecords(decoding: bytes, format: Self.format, version: Self.version)
        supervisorPID = try records.require(records.integer("supervisor-pid"), "supervisor-pid")
        nanosecondsSinceEpoch = try records.require(records.integer("time-ns"), "time-ns")
        bootID = records.text("boot-id")
    }
}

extension RunStarted {
    /// The kernel's name for the time since the machine's start, as it is now; nil where it cannot be read.
    package static var currentBootID: String? {
        let file = unsafe open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 64) { buffer, count in
            count = unsafe max(0, Glibc.read(file, buffer.baseAddress, buffer.count))
        }
        let text = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        return text.isEmpty ? nil : text
    }
}
