import Glibc

/// Reads lines from a file descriptor, without ever holding more than one of bounded length.
struct RequestLines: ~Copyable {
    /// One line without its end, or the news that it was too long and has been dropped.
    enum Line: Equatable {
        case whole([UInt8])
        case tooLong
    }

    /// How many bytes a line may have.
    static let maximumLength = 1 << 20

    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var position = 0
    /// Up to here there is no newline.
    private var searched = 0
    private var isAtEnd = false
    private var isDropping = false

    /// Lines of an open descriptor, which stays the caller's.
    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// The next line, without its newline; nil at the end. Text behind the last newline counts as a line. It blocks.
    mutating func next() throws(CommandFailure) -> Line? {
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = buffer[position..<end]
                position = end + 1
                searched = position
                let wasDropped = isDropping
                isDropping = false
                return wasDropped || line.count > Self.maximumLength ? .tooLong : .whole(Array(line))
            }
            searched = buffer.count
            if buffer.count - position > Self.maximumLength {
                buffer.removeAll(keepingCapacity: true)
                position = 0
                searched = 0
                isDropping = true
            }
            if isAtEnd {
                guard position < buffer.count || isDropping else { return nil }
                let line = Array(buffer[position...])
                let wasDropped = isDropping
                position = buffer.count
                isDropping = false
                return wasDropped ? .tooLong : .whole(line)
            }
            try fill()
        }
    }

    private mutating func fill() throws(CommandFailure) {
        buffer.removeFirst(position)
        searched -= position
        position = 0
        let size = 1 << 16
        let start = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: size))
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress! + start, size) }
            if count < 0 && errno == EINTR { continue }
            buffer.removeLast(size - max(0, count))
            guard count >= 0 else {
                throw CommandFailure("cannot read standard input: \(unsafe String(cString: strerror(errno)))")
            }
            isAtEnd = count == 0
            return
        }
    }
}
