import AlmanacLinux
import AlmanacModel
import AlmanacRunProtocol
import Glibc
import Synchronization

/// Makes the messages of mails from the logs of runs, on a thread that is there only while there is one to make.
final class MailMaker: Sendable {
    /// A run that has ended, and its mail.
    struct Order: Sendable {
        var run: Run
        var end: RunEnd
        var logFolder: RunFolder
        var mailFolder: MailFolder
        var envelope: MailEnvelope
    }

    enum News: Sendable {
        /// The message is on disk.
        case made
        /// The end is none that is told of.
        case notWanted
        /// It could not be made now.
        case failed(any Error)
    }

    private struct Work {
        var orders: [Order] = []
        var isRunning = false
    }

    private let work = Mutex(Work())
    private let tell: @Sendable (Run, News) -> Void

    /// - Parameter tell: called on the thread.
    init(tell: @escaping @Sendable (Run, News) -> Void) {
        self.tell = tell
    }

    /// Takes an order; `tell` gets news of it.
    func make(_ order: Order) {
        let mustStart = work.withLock { work in
            work.orders.append(order)
            defer { work.isRunning = true }
            return !work.isRunning
        }
        if mustStart { startThread(name: "mail") { [self] in run() } }
    }

    private func run() {
        while true {
            let orders = work.withLock { work in
                defer { work.orders = [] }
                if work.orders.isEmpty { work.isRunning = false }
                return work.orders
            }
            if orders.isEmpty { return }
            for order in orders {
                do {
                    tell(order.run, try Self.make(order) ? .made : .notWanted)
                } catch {
                    tell(order.run, .failed(error))
                }
            }
        }
    }

    /// - Returns: whether the end is told of.
    private static func make(_ order: Order) throws(SystemError) -> Bool {
        let path = order.mailFolder.messagePath
        let temporary = path + ".new"
        let file = OwnedDescriptor(
            try SystemError.check("open", subject: temporary) {
                unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
            }
        )
        let head = MailHead(
            order.envelope,
            order.run,
            order.end,
            hostName: hostName(),
            charset: MailCharset.current()
        )
        try write(head.bytes, to: file, temporary)
        var body = MailBody(endsWithCommand: order.envelope.conventions == .cron)
        let log = try order.mailFolder.openLog(of: order.logFolder)
        var offset = 0
        var bytes: [UInt8] = []
        while !body.isComplete, let chunk = try log.read(at: offset) {
            offset += chunk.count
            body.decode(chunk, into: &bytes)
            try write(bytes, to: file, temporary)
            bytes.removeAll(keepingCapacity: true)
        }
        guard
            order.envelope.mail.on.includes(
                order.end.reason,
                hasStarted: order.end.startedAt != nil,
                hasOutput: body.hasOutput
            )
        else { return false }
        if !body.hasOutput { try write(Array(silence(order).utf8), to: file, temporary) }
        try SystemError.check("fsync", subject: temporary) { fsync(file.number) }
        try SystemError.check("rename", subject: path) { unsafe rename(temporary, path) }
        return true
    }

    /// What stands in the place of the output where there is none.
    private static func silence(_ order: Order) -> String {
        switch order.envelope.conventions {
        case .almanac: "The command has printed nothing.\n"
        case .cron: order.end.message.map { cronComplaint($0) + "\n" } ?? ""
        }
    }

    /// Why there was no command, in the words that cron's child writes where the command's output goes, as far as it has any.
    private static func cronComplaint(_ message: String) -> String {
        let begin = "cannot start "
        guard message.hasPrefix(begin), let colon = message.firstRange(of: ": ") else { return "almanac: \(message)" }
        let shell = message[..<colon.lowerBound].dropFirst(begin.count)
        let reason = message[colon.upperBound...].prefix { $0 != ";" }
        return "\(shell): execle: \(reason)"
    }

    private static func write(_ bytes: [UInt8], to file: OwnedDescriptor, _ path: String) throws(SystemError) {
        var written = 0
        while written < bytes.count {
            written += try SystemError.check("write", subject: path) {
                unsafe bytes.withUnsafeBytes { buffer in
                    unsafe Glibc.write(file.number, buffer.baseAddress! + written, buffer.count - written)
                }
            }
        }
    }

    private static func hostName() -> String {
        var name = [UInt8](repeating: 0, count: 256)
        let outcome = unsafe name.withUnsafeMutableBytes { bytes in
            unsafe gethostname(bytes.assumingMemoryBound(to: CChar.self).baseAddress!, bytes.count - 1)
        }
        return outcome == 0 ? String(decoding: name.prefix { $0 != 0 }, as: UTF8.self) : "localhost"
    }
}
