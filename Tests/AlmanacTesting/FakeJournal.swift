import CLinux
import Glibc

/// A journal of a test's own: a socket that takes entries in journald's native protocol.
///
/// Nothing is read unless the test asks for it: a journal that hangs is one that is not asked.
package final class FakeJournal {
    /// The fields of an entry, by their names.
    package typealias Entry = [String: String]

    private let folder = TemporaryFolder()
    private var socket: Int32 = -1
    private var taken: [Entry] = []
    /// How many entries came in a file of memory.
    package private(set) var filedCount = 0

    private var socketPath: String { folder.file("socket") }

    package init() {
        start()
    }

    deinit {
        stop()
    }

    /// What a program is started with, so that it finds this journal in the place of the machine's.
    package var prefix: [String] {
        let mount = """
            if [ -d /run/systemd/journal ]; then :; else
                mount -t tmpfs none /run && mkdir -p /run/systemd/journal
            fi && mount --bind \(folder.path) /run/systemd/journal && exec "$@"
            """
        return ["/usr/bin/unshare", "-m", "--propagation", "private", "/bin/sh", "-c", mount, "sh"]
    }

    /// The same, for a program whose standard error is to pass for a stream to the journal.
    package var prefixWithStream: [String] {
        prefix + ["/bin/sh", "-c", "export JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2); exec \"$@\"", "sh"]
    }

    /// Whether it can be put in the journal's place here.
    package static let works: Bool = {
        let journal = FakeJournal()
        return withExtendedLifetime(journal) { ChildProcess.run(journal.prefix + ["true"])?.exitCode == 0 }
    }()

    /// Begins to listen, or goes on after `stop` as a journal that has been restarted.
    package func start() {
        precondition(socket < 0, "the journal runs already")
        socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | O_NONBLOCK | O_CLOEXEC, 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { path in
            unsafe path.copyBytes(from: socketPath.utf8)
        }
        let bound = unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe bind(socket, address, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        precondition(bound == 0, "bind \(socketPath): errno \(errno)")
        _ = unsafe chmod(socketPath, 0o666)
    }

    /// Goes away with its socket, and with what it has not read.
    package func stop() {
        guard socket >= 0 else { return }
        close(socket)
        _ = unsafe unlink(socketPath)
        socket = -1
    }

    /// Reads what has come, and answers all entries so far.
    package func entries() -> [Entry] {
        while let bytes = receive() { taken.append(Self.fields(bytes)) }
        return taken
    }

    package func entries(where field: String, is value: String) -> [Entry] {
        entries().filter { $0[field] == value }
    }

    private func receive() -> [UInt8]? {
        guard socket >= 0 else { return nil }
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        var passed: Int32 = -1
        let count = unsafe clinux_receive_with_descriptor(socket, &buffer, buffer.count, &passed)
        guard count >= 0 else { return nil }
        guard passed >= 0 else { return Array(buffer.prefix(count)) }
        defer { close(passed) }
        filedCount += 1
        // journald takes a file only once nobody can change it any more.
        let seals = clinux_fcntl(passed, CLINUX_F_GET_SEALS, 0)
        precondition(seals & 0xF == 0xF, "the file is not sealed: \(seals)")
        var bytes: [UInt8] = []
        while true {
            let count = unsafe pread(passed, &buffer, buffer.count, off_t(bytes.count))
            if count <= 0 { return bytes }
            bytes += buffer.prefix(count)
        }
    }

    /// Takes an entry apart: `NAME=VALUE` and a newline, or NAME, a newline, 64 bits of length, the value, a newline.
    private static func fields(_ bytes: [UInt8]) -> Entry {
        var entry: Entry = [:]
        var rest = bytes[...]
        while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = rest[..<newline]
            rest = rest[(newline + 1)...]
            let name: String
            let value: ArraySlice<UInt8>
            if let equals = line.firstIndex(of: UInt8(ascii: "=")) {
                name = String(decoding: line[..<equals], as: UTF8.self)
                value = line[(equals + 1)...]
            } else {
                guard rest.count >= 8 else { preconditionFailure("a length is cut off") }
                let count = rest.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
                name = String(decoding: line, as: UTF8.self)
                value = rest.dropFirst(8).prefix(count)
                rest = rest.dropFirst(8 + count + 1)
            }
            entry[name] = String(decoding: value, as: UTF8.self)
        }
        precondition(rest.isEmpty, "an entry ends in the middle of a field")
        return entry
    }
}
