import AlmanacRunProtocol
import AlmanacTesting
import CLinux
import Glibc
import Testing

/// A run under the real `almanac-run`, in a folder of its own that goes at the end, with all processes of the run.
struct SupervisedRun: ~Copyable {
    /// No test waits longer, in milliseconds: a run that takes this long hangs.
    static let patience: Int32 = 60_000

    let temporary = TemporaryFolder()
    private(set) var supervisor: Int32 = 0

    var folder: RunFolder { temporary.run }

    deinit {
        guard supervisor > 0 else { return }
        kill(supervisor, SIGKILL)
        waitpid(supervisor, nil, 0)
    }

    /// Prepares a run whose shell commands see the folder as $RUN.
    init(_ commands: String, adjust: (inout RunSpec) -> Void = { _ in }) throws {
        var spec = RunSpec(
            runID: "01JQF6Z5K3W8Y2V4N6P8R0T1S3",
            taskName: "t",
            argv: ["/bin/sh", "-e", "-c", ByteString(commands)],
            environment: ["PATH=/usr/local/bin:/usr/bin:/bin", ByteString("RUN=\(temporary.path)")],
            workingDirectory: "/"
        )
        adjust(&spec)
        try spec.write(in: folder, durability: .atomic)
    }

    /// The program beside the tests' own.
    static func programPath() throws -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe readlink("/proc/self/exe", bytes.assumingMemoryBound(to: CChar.self).baseAddress!, bytes.count)
        }
        var folder = String(decoding: buffer[..<max(0, count)], as: UTF8.self)
        var candidates = CommandLine.arguments.filter { $0.hasPrefix("/") }.map { $0[...] }
        candidates.insert(folder[...], at: 0)
        for candidate in candidates {
            folder = String(candidate)
            while let slash = folder.lastIndex(of: "/") {
                folder = String(folder[..<slash])
                let path = "\(folder)/almanac-run"
                if unsafe access(path, X_OK) == 0 { return path }
            }
        }
        return try #require(nil, "almanac-run is not beside the tests: build it first")
    }

    /// Spawns a supervisor on the folder, and returns its process id; the caller reaps it.
    func spawn(prefix: [String] = []) throws -> Int32 {
        let arguments = prefix + [try Self.programPath(), folder.path]
        var pid: pid_t = 0
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var strings = unsafe arguments.map { unsafe strdup($0) } + [nil]
        defer { unsafe strings.forEach { unsafe free($0) } }
        let error = unsafe posix_spawn(&pid, strings[0]!, nil, &attributes, &strings, clinux_environ())
        try #require(error == 0, "cannot spawn \(arguments): \(describe(errno: error))")
        return pid
    }

    mutating func start(prefix: [String] = []) throws {
        supervisor = try spawn(prefix: prefix)
    }

    /// Waits for the supervisor's end; its wait status.
    @discardableResult
    mutating func end() throws -> Int32 {
        let pid = supervisor
        defer { supervisor = 0 }
        return try Self.end(of: pid)
    }

    static func end(of pid: Int32) throws -> Int32 {
        try awaitEnd(of: pid)
        var status: Int32 = 0
        let reaped = unsafe waitpid(pid, &status, 0)
        #expect(reaped == pid)
        return status
    }

    /// Waits until a process, of whatever parent, has ended.
    static func awaitEnd(of pid: Int32) throws {
        let descriptor = clinux_pidfd_open(pid, 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let ready = unsafe poll(&polled, 1, patience)
        try #require(ready == 1, "process \(pid) does not end")
    }

    /// Runs to the end and returns the result.
    mutating func result(prefix: [String] = []) throws -> RunResult {
        try start(prefix: prefix)
        let status = try end()
        #expect(status == 0)
        return try #require(try RunResult.read(in: folder))
    }

    /// Waits until the log has that text in it.
    func awaitLog(_ text: String) throws {
        let wanted = Array(text.utf8)
        for _ in 0..<Self.patience / 10 {
            if try log().windows(ofCount: wanted.count).contains(where: { $0.elementsEqual(wanted) }) { return }
            poll(nil, 0, 10)
        }
        Issue.record("the log never has \(text) in it")
    }

    func log() throws -> [UInt8] {
        var bytes: [UInt8] = []
        for path in [folder.olderLogPath, folder.logPath] { bytes += contents(path) ?? [] }
        return bytes
    }

    /// What the command wrote.
    func raw() throws -> [UInt8] {
        var decoder = LogDecoder()
        var raw: [UInt8] = []
        decoder.decode(try log(), into: &raw)
        #expect(decoder.isAtLineStart)
        return raw
    }

    func text() throws -> String { String(decoding: try raw(), as: UTF8.self) }

    func lines() throws -> [LogLine] {
        var decoder = LogLineDecoder()
        var lines: [LogLine] = []
        decoder.decode(try log()) { lines.append($0) }
        #expect(decoder.damagedLines == 0 && !decoder.hasTornLine)
        return lines
    }
}

extension [UInt8] {
    fileprivate func windows(ofCount count: Int) -> some Sequence<ArraySlice<UInt8>> {
        indices.lazy.filter { $0 + count <= self.count }.map { self[$0..<$0 + count] }
    }
}

/// Whether a process has ended, or has at least become a zombie that nobody has reaped yet.
func isGone(_ pid: Int32) -> Bool {
    guard let status = contents("/proc/\(pid)/stat") else { return true }
    return String(decoding: status, as: UTF8.self).contains(") Z ")
}

/// The bytes of a file; nil where it cannot be read to its end.
func contents(_ path: String) -> [UInt8]? {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = unsafe read(file, &chunk, chunk.count)
        guard count > 0 else { return count == 0 ? bytes : nil }
        bytes += chunk[..<count]
    }
}

/// The processes whose environment has that text in it.
func processes(mentioning text: String) -> [Int32] {
    guard let folder = unsafe opendir("/proc") else { return [] }
    defer { unsafe closedir(folder) }
    var found: [Int32] = []
    while let entry = unsafe readdir(folder) {
        let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        guard let pid = Int32(name), let environment = contents("/proc/\(name)/environ") else { continue }
        if String(decoding: environment, as: UTF8.self).contains(text) { found.append(pid) }
    }
    return found
}
