import AlmanacLinux
import AlmanacRunProtocol
import Glibc

/// The log of a run as one stretch of bytes: the part that a limit has set aside, if there is one, and the present one.
struct LogParts: Sendable {
    private struct Part: Sendable {
        let path: String
        let descriptor: OwnedDescriptor
        let inode: UInt
        /// Where it begins.
        let start: Int
    }

    private let parts: [Part]
    /// How many bytes there were at the opening; the present part may grow.
    let size: Int

    /// No parts where the run has no log: no command was started for it.
    ///
    /// Neither the run's folder nor that of its task may be a link: what a link leads to is nobody's log.
    static func open(_ folder: RunFolder) throws(SystemError) -> LogParts {
        guard let descriptor = try openFolder(folder) else { return LogParts(parts: [], size: 0) }
        return try open(folder.logPath, older: folder.olderLogPath, in: descriptor)
    }

    /// - Parameters:
    ///   - path: the present part's.
    ///   - older: that of the part that was set aside.
    ///   - folder: where their last names are looked up; nil for the paths as they are.
    static func open(
        _ path: String,
        older: String,
        in folder: OwnedDescriptor? = nil
    ) throws(SystemError) -> LogParts {
        // The present part first: one that is set aside between the two calls is opened twice. A second try finds the new one.
        if let parts = try open([path, older], in: folder, allowingOne: false) { return parts }
        return try open([path, older], in: folder, allowingOne: true) ?? LogParts(parts: [], size: 0)
    }

    /// The folder of a run below that of its task, neither through a link; nil where there is none.
    private static func openFolder(_ folder: RunFolder) throws(SystemError) -> OwnedDescriptor? {
        let names = folder.path.split(separator: "/", omittingEmptySubsequences: false)
        // `DATA/runs` may be wherever somebody has put it.
        let above = names.dropLast(2).joined(separator: "/")
        var descriptor: OwnedDescriptor?
        for (name, flags) in [
            (above, 0), (String(names[names.count - 2]), O_NOFOLLOW), (String(names[names.count - 1]), O_NOFOLLOW),
        ] {
            let parent = descriptor?.number ?? AT_FDCWD
            let number = unsafe openat(parent, name, O_DIRECTORY | O_RDONLY | O_CLOEXEC | flags)
            if number == -1 && errno == ENOENT { return nil }
            guard number != -1 else { throw SystemError("open", subject: folder.path) }
            descriptor = OwnedDescriptor(number)
        }
        return descriptor
    }

    /// - Parameter allowingOne: whether a part that was opened twice counts once; nil comes of it otherwise.
    private static func open(
        _ paths: [String],
        in folder: OwnedDescriptor?,
        allowingOne: Bool
    ) throws(SystemError) -> LogParts? {
        var found: [(path: String, descriptor: OwnedDescriptor, inode: UInt, size: Int)] = []
        for path in paths {
            let name =
                folder == nil
                ? path : String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
            // What is no file would keep the thread waiting.
            let flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
            let number = unsafe openat(folder?.number ?? AT_FDCWD, name, flags)
            if number == -1 && errno == ENOENT { continue }
            guard number != -1 else { throw SystemError("open", subject: path) }
            let descriptor = OwnedDescriptor(number)
            var status = stat()
            try SystemError.check("fstat", subject: path) { unsafe fstat(number, &status) }
            guard status.st_mode & S_IFMT == S_IFREG else { throw SystemError("open", subject: path, errno: EINVAL) }
            let inode = UInt(status.st_ino)
            if found.contains(where: { $0.inode == inode }) {
                if allowingOne { continue }
                return nil
            }
            found.append((path, descriptor, inode, Int(status.st_size)))
        }
        var parts: [Part] = []
        var start = 0
        for (path, descriptor, inode, size) in found.reversed() {
            parts.append(Part(path: path, descriptor: descriptor, inode: inode, start: start))
            start += size
        }
        return LogParts(parts: parts, size: start)
    }

    /// Tells the files apart from those that a rotation leaves.
    var identity: [UInt] { parts.map(\.inode) }

    /// Where the present part begins; 0 where there is one part, or none.
    var presentStart: Int { parts.last?.start ?? 0 }

    /// Whether the present part is still empty where there is an older one: it may have a first line that numbers all others.
    var isFreshlyCut: Bool { parts.count > 1 && presentStart == size }

    /// Bytes from a place on, up to 64 KiB; nil at the end.
    func read(at offset: Int) throws(SystemError) -> [UInt8]? {
        guard let index = parts.lastIndex(where: { $0.start <= offset }) else { return nil }
        for part in parts[index...] {
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            let within = max(0, offset - part.start)
            let count = try SystemError.check("read", subject: part.path) {
                unsafe pread(part.descriptor.number, &buffer, buffer.count, off_t(within))
            }
            if count > 0 { return Array(buffer.prefix(count)) }
        }
        return nil
    }
}

/// The streams whose last line has no newline yet, so that their next one goes on with it.
struct PartialStreams: Sendable, Hashable {
    private var standardOutput = false
    private var standardError = false
    private var system = false

    /// Takes the header of the next line.
    ///
    /// - Returns: whether the line goes on with one before it.
    mutating func take(_ header: LogLineHeader) -> Bool {
        func exchange(_ isPartial: inout Bool) -> Bool {
            defer { isPartial = !header.isComplete }
            return isPartial
        }
        return switch header.stream {
        case .stdout: exchange(&standardOutput)
        case .stderr: exchange(&standardError)
        case .system: exchange(&system)
        }
    }
}

/// Where the lines of a log begin, as far as it has been read: every thousandth of them.
struct LineIndex: Sendable {
    static let stride = 1000

    /// A line whose place is known.
    struct Mark: Sendable {
        var line = 0
        var offset = 0
        /// What has no newline before it.
        var partial = PartialStreams()
    }

    /// The files that it is about.
    private(set) var identity: [UInt]
    /// Those of line 0, of line 1000 and so on.
    private var marks = [Mark()]
    private(set) var lineCount = 0
    private var scanned = 0
    private var partial = PartialStreams()
    /// The begin of the line at which it has stopped.
    private var torn: [UInt8] = []
    /// Where the reader stopped that read last.
    private var last = Mark()

    init(identity: [UInt]) {
        self.identity = identity
    }

    /// Reads on from where it stopped, to what was the end when the log was opened: one that is written faster than it is read
    /// has no other.
    mutating func extend(over log: LogParts) throws(SystemError) {
        while scanned < log.size, let chunk = try log.read(at: scanned) {
            take(chunk.span.extracting(first: log.size - scanned))
        }
    }

    private mutating func take(_ bytes: Span<UInt8>) {
        var start = 0
        while let end = Self.newline(in: bytes, from: start) {
            take(line: bytes.extracting(start..<end))
            start = end + 1
            lineCount += 1
            if lineCount % Self.stride == 0 {
                marks.append(Mark(line: lineCount, offset: scanned + start, partial: partial))
            }
        }
        let rest = bytes.extracting(start...)
        for index in 0..<min(rest.count, LogLine.headerLength - torn.count) { torn.append(rest[index]) }
        scanned += bytes.count
    }

    /// - Parameter line: without what is torn off of it.
    private mutating func take(line: Span<UInt8>) {
        if torn.isEmpty {
            if let header = LogLineHeader(line.extracting(first: LogLine.headerLength)) { _ = partial.take(header) }
            return
        }
        for index in 0..<min(line.count, LogLine.headerLength - torn.count) { torn.append(line[index]) }
        if let header = LogLineHeader(torn.span) { _ = partial.take(header) }
        torn.removeAll(keepingCapacity: true)
    }

    private static func newline(in bytes: Span<UInt8>, from start: Int) -> Int? {
        unsafe bytes.withUnsafeBytes { bytes in
            guard start < bytes.count, let base = bytes.baseAddress,
                let found = unsafe memchr(base + start, Int32(UInt8(ascii: "\n")), bytes.count - start)
            else { return nil }
            return unsafe UnsafeRawPointer(found) - base
        }
    }

    /// The nearest line at or before the given one whose place is known.
    func mark(before line: Int) -> Mark {
        let mark = marks[min(line / Self.stride, marks.count - 1)]
        return last.line <= line && last.line > mark.line ? last : mark
    }

    /// Keeps the place of a line, from which a reader is likely to go on.
    mutating func note(_ mark: Mark) {
        last = mark
    }
}
