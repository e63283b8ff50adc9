import Glibc

/// Why a file of a run's folder could not be read, written or locked.
package struct RunFileError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Cause: Hashable, Sendable {
        /// The system call of that name failed with that errno.
        case system(call: String, errno: Int32)
        /// The bytes are not what the file should hold.
        case format(RunFormatError)
        /// The file is larger than `limit` bytes, which no file of its kind can be.
        case tooLarge(limit: Int)
    }

    package let path: String
    package let cause: Cause

    package init(path: String, cause: Cause) {
        self.path = path
        self.cause = cause
    }

    /// The errno of a failed system call; nil for any other cause.
    package var errno: Int32? {
        if case .system(_, let errno) = cause { errno } else { nil }
    }

    package var description: String {
        switch cause {
        case .system(let call, let errno): "\(path): \(call): \(describe(errno: errno))"
        case .format(let error): "\(path): \(error)"
        case .tooLarge(let limit): "\(path): larger than \(limit) bytes"
        }
    }
}

/// Why bytes are not a file of the protocol.
package enum RunFormatError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The first line does not name the expected format.
    case otherFormat(expected: String)
    /// The format is the expected one, in a version that this program does not read.
    case unknownVersion(format: String, found: String, known: Int)
    /// The bytes at `offset` cannot be read as a record.
    case malformed(offset: Int, reason: String)
    /// A field that the format requires is absent.
    case missing(field: String)
    /// A field holds what it cannot hold.
    case invalid(field: String, value: String)

    package var description: String {
        switch self {
        case .otherFormat(let expected):
            "expected a file that begins with \"\(expected)\""
        case .unknownVersion(let format, let found, let known):
            "\(format) has version \(found), and this program reads version \(known): it was written by another release of Almanac"
        case .malformed(let offset, let reason):
            "damaged at byte \(offset): \(reason)"
        case .missing(let field):
            "the field \"\(field)\" is missing"
        case .invalid(let field, let value):
            "the field \"\(field)\" cannot be \"\(value)\""
        }
    }
}

/// The system's sentence for `errno`, and what to do about it where that is the same whatever the call was.
package func explain(errno: Int32) -> String {
    let remedy: String? =
        switch errno {
        case EAGAIN:
            "the limit of processes is reached; raise it (ulimit -u, TasksMax=, pids.max) or run less at a time"
        case ENOMEM: "the machine or the service is short of memory; run less at a time, or raise MemoryMax="
        case EMFILE: "the limit of open files is reached; raise it (ulimit -n, LimitNOFILE=)"
        case ENFILE: "the machine's limit of open files is reached; raise fs.file-max"
        case ENOSPC: "make room on that disk"
        case EDQUOT: "make room within the quota"
        case EROFS: "it has to be writable"
        default: nil
        }
    return describe(errno: errno) + (remedy.map { ": \($0)" } ?? "")
}

/// The system's sentence for `errno`, such as `No such file or directory`.
package func describe(errno: Int32) -> String {
    guard let text = unsafe strerror(errno) else { return "error \(errno)" }
    return unsafe String(cString: text)
}
