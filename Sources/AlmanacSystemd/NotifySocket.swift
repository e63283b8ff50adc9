import Glibc
import Synchronization

/// The socket on which the service manager listens, `NOTIFY_SOCKET`.
///
/// libsystemd's own sd_notify(3) waits for as long as nobody reads the socket; this one never waits.
package final class NotifySocket: Sendable {
    package enum Outcome: Sendable, Hashable {
        case sent
        /// Nobody reads at present: the descriptor becomes writable when somebody does.
        case full
        /// Nobody is there.
        case unreachable(errno: Int32)
    }

    /// An absolute path, or `@` and a name in the abstract namespace.
    package let path: String
    /// Open for as long as this object lives.
    package let descriptor: Int32

    private let address: [UInt8]
    private let isConnected = Mutex(false)

    /// - Throws: where the path is none, or the kernel gives no socket.
    package init(path: String) throws(NotifySocketError) {
        guard path.hasPrefix("/") || path.hasPrefix("@"), path.utf8.count > 1, path.utf8.count <= Self.longestPath
        else {
            throw .notAnAddress(path)
        }
        var name = Array(path.utf8)
        if name[0] == UInt8(ascii: "@") { name[0] = 0 } else { name.append(0) }
        address = unsafe withUnsafeBytes(of: sa_family_t(AF_UNIX)) { unsafe Array($0) } + name
        self.path = path
        let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { throw .noSocket(errno: errno) }
    }

    deinit {
        close(descriptor)
    }

    /// The socket that `NOTIFY_SOCKET` names; nil where there is no such variable.
    package static func ofEnvironment() throws(NotifySocketError) -> NotifySocket? {
        guard let path = unsafe getenv("NOTIFY_SOCKET") else { return nil }
        return try NotifySocket(path: unsafe String(cString: path))
    }

    /// Sends a message, or does not; from any thread, and without waiting.
    package func send(_ message: NotifyMessage) -> Outcome {
        let bytes = Array(message.text.utf8)
        return isConnected.withLock { isConnected in
            // The service manager may have made its socket anew: the second attempt looks for it.
            for _ in 0..<2 {
                if !isConnected {
                    guard connect() else { return .unreachable(errno: errno) }
                    isConnected = true
                }
                if unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) >= 0 { return .sent }
                switch errno {
                case EAGAIN, ENOBUFS: return .full
                case EINTR: continue
                default: isConnected = false
                }
            }
            return .unreachable(errno: errno)
        }
    }

    private func connect() -> Bool {
        var storage = sockaddr_storage()
        return unsafe withUnsafeMutableBytes(of: &storage) { buffer in
            unsafe buffer.copyBytes(from: address)
            let pointer = unsafe buffer.assumingMemoryBound(to: sockaddr.self).baseAddress!
            return unsafe Glibc.connect(descriptor, pointer, socklen_t(address.count)) == 0
        }
    }

    /// What sockaddr_un of unix(7) has room for, its closing NUL apart.
    private static let longestPath = 107
}

/// Why there is no talking to the service manager.
package enum NotifySocketError: Error, Hashable, CustomStringConvertible {
    case notAnAddress(String)
    case noSocket(errno: Int32)

    package var description: String {
        switch self {
        case .notAnAddress(let text):
            "NOTIFY_SOCKET is \"\(text)\"; expected an absolute path, or @ and a name, of at most 107 bytes"
        case .noSocket(let errno):
            "there is no socket for NOTIFY_SOCKET: \(unsafe String(cString: strerror(errno)))"
        }
    }
}
