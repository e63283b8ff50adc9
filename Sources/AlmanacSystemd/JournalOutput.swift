import CSystemd
import Glibc

/// Writes messages to the journal, over its native protocol.
package struct JournalOutput: LogOutput {
    /// Where journald listens.
    static let socketPath = "/run/systemd/journal/socket"

    private let fields: JournalFields

    package init(fields: JournalFields) {
        self.fields = fields
    }

    package mutating func write(_ record: LogRecord) -> LogDelivery {
        // libsystemd takes a journal that is not there for one that wants nothing.
        guard unsafe access(Self.socketPath, F_OK) == 0 else { return .postponed }
        switch -Self.send(fields.encoded(record)) {
        case ...0: return .written
        case EINVAL, E2BIG, EMSGSIZE, EPERM, EACCES: return .refused
        default: return .postponed
        }
    }

    private static func send(_ fields: [[UInt8]]) -> Int32 {
        var bytes = fields.flatMap(\.self)
        return unsafe bytes.withUnsafeMutableBytes { bytes in
            var offset = 0
            var vectors: [iovec] = unsafe []
            for field in fields {
                unsafe vectors.append(iovec(iov_base: bytes.baseAddress! + offset, iov_len: field.count))
                offset += field.count
            }
            return unsafe sd_journal_sendv(vectors, Int32(vectors.count))
        }
    }
}

/// What systemd says of where standard output and standard error go.
package enum JournalStream {
    /// Whether standard error is a stream to the journal: whether `JOURNAL_STREAM` names its device and its inode.
    ///
    /// A command may have redirected it since the variable was set, and passed the variable on all the same.
    ///
    /// - Parameter variable: the value of `JOURNAL_STREAM`, `DEVICE:INODE`; nil where it is not set.
    package static func isStandardError(_ variable: String?) -> Bool {
        var status = stat()
        guard let variable, unsafe fstat(STDERR_FILENO, &status) == 0 else { return false }
        let numbers = variable.split(separator: ":", omittingEmptySubsequences: false).map { UInt64($0) }
        return numbers == [UInt64(status.st_dev), UInt64(status.st_ino)]
    }
}
