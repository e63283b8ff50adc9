import AlmanacRunProtocol
import Glibc

/// Cuts what the command writes to one stream into lines, and keeps the beginning of a line until the rest of it comes.
///
/// It allocates once, when it is made.
@safe
package struct LineSplitter: ~Copyable {
    /// The beginning of a line; never more than `LogLine.textLimit` bytes.
    private let pending: UnsafeMutableRawBufferPointer

    /// The bytes that wait for their newline.
    package private(set) var pendingCount = 0

    package init() {
        unsafe pending = .allocate(byteCount: LogLine.textLimit, alignment: 16)
    }

    deinit {
        unsafe pending.deallocate()
    }

    /// Takes the next bytes of the stream and calls `emit` with each line, or part of a long line, that they complete.
    package mutating func split(
        _ chunk: UnsafeRawBufferPointer,
        emit: (_ isComplete: Bool, UnsafeRawBufferPointer) -> Void
    ) {
        var rest = unsafe chunk[...]
        while unsafe !rest.isEmpty {
            let newline = unsafe Self.newline(in: rest)
            let lineCount = unsafe (newline ?? rest.endIndex) - rest.startIndex
            if newline != nil, pendingCount == 0, lineCount <= LogLine.textLimit {
                unsafe emit(true, UnsafeRawBufferPointer(rebasing: rest.prefix(lineCount)))
                unsafe rest = rest.dropFirst(lineCount + 1)
                continue
            }
            let taken = min(lineCount, LogLine.textLimit - pendingCount)
            unsafe keep(UnsafeRawBufferPointer(rebasing: rest.prefix(taken)))
            unsafe rest = rest.dropFirst(taken)
            if taken < lineCount {
                unsafe emitPending(isComplete: false, emit)
            } else if newline != nil {
                unsafe emitPending(isComplete: true, emit)
                unsafe rest = rest.dropFirst()
            }
        }
    }

    /// Gives up waiting for the newline: calls `emit` with what there is of a line, if there is anything.
    package mutating func flush(emit: (_ isComplete: Bool, UnsafeRawBufferPointer) -> Void) {
        if pendingCount > 0 { unsafe emitPending(isComplete: false, emit) }
    }

    private mutating func keep(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        unsafe memcpy(pending.baseAddress! + pendingCount, source, bytes.count)
        pendingCount += bytes.count
    }

    private mutating func emitPending(isComplete: Bool, _ emit: (Bool, UnsafeRawBufferPointer) -> Void) {
        unsafe emit(isComplete, UnsafeRawBufferPointer(rebasing: pending[..<pendingCount]))
        pendingCount = 0
    }

    private static func newline(in bytes: Slice<UnsafeRawBufferPointer>) -> Int? {
        let buffer = unsafe UnsafeRawBufferPointer(rebasing: bytes)
        guard let base = buffer.baseAddress,
            let found = unsafe memchr(base, Int32(UInt8(ascii: "\n")), buffer.count)
        else { return nil }
        return unsafe bytes.startIndex + (UnsafeRawPointer(found) - base)
    }
}
