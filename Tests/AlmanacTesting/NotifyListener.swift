import AlmanacLinux
import Glibc
import Synchronization

/// A service manager's end of `NOTIFY_SOCKET`, for a daemon under test.
package final class NotifyListener: Sendable {
    /// A datagram that has come in.
    package struct Message: Sendable {
        /// CLOCK_MONOTONIC, in seconds.
        package let time: Double
        package let text: String

        /// The value of an assignment; nil where the message has none of that name.
        package subscript(name: String) -> String? {
            text.split(separator: "\n").first { $0.hasPrefix("\(name)=") }.map {
                String($0.dropFirst(name.utf8.count + 1))
            }
        }
    }

    /// What the variables are to be for the daemon.
    package var environment: [String: String] { ["NOTIFY_SOCKET": path] }

    private let folder = TemporaryFolder()
    private let path: String
    private let mailbox: Mailbox

    /// - Parameter reading: whether messages are read, or pile up until the socket is full and `read` is called.
    package init(reading: Bool = true) {
        let path = folder.file("notify")
        self.path = path
        let socket = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        let outcome = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        precondition(outcome == 0, "bind \(path): errno \(errno)")
        mailbox = Mailbox(socket: socket)
        if reading { read() }
    }

    deinit {
        // The reader's end.
        shutdown(mailbox.socket, Int32(SHUT_RDWR))
    }

    /// Everything that has come in so far, in order.
    package var messages: [Message] { mailbox.messages.withLock { $0 } }

    /// Begins to read, as messages come in.
    package func read() {
        startThread(name: "notify-listener") { [mailbox] in mailbox.fill() }
    }

    private final class Mailbox: Sendable {
        let socket: Int32
        let messages = Mutex<[Message]>([])

        init(socket: Int32) {
            self.socket = socket
        }

        deinit {
            close(socket)
        }

        func fill() {
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = unsafe recv(socket, &buffer, buffer.count, 0)
                guard count > 0 else { return }
                var now = timespec()
                unsafe clock_gettime(CLOCK_MONOTONIC, &now)
                let message = Message(
                    time: Double(now.tv_sec) + Double(now.tv_nsec) / 1e9,
                    text: String(decoding: buffer[..<count], as: UTF8.self)
                )
                messages.withLock { $0.append(message) }
            }
        }
    }

    /// Waits for the first message that fits, of those after the first `count`.
    package func first(
        after count: Int = 0,
        within seconds: Double = 30,
        where fits: (Message) -> Bool
    ) -> Message? {
        var found: Message?
        _ = eventually(within: seconds) {
            found = messages.dropFirst(count).first(where: fits)
            return found != nil
        }
        return found
    }

    /// Waits for an assignment, `READY=1`.
    package func hears(_ assignment: String, after count: Int = 0, within seconds: Double = 30) -> Bool {
        first(after: count, within: seconds) { $0.text.split(separator: "\n").contains { $0 == assignment } } != nil
    }
}
