import Glibc

/// A TCP connection that speaks bytes and blocks: what a stranger has.
package final class TCPSocket: Sendable {
    package let descriptor: Int32

    /// Connects, or begins to.
    ///
    /// - Parameters:
    ///   - source: the last number of the loopback address to come from.
    ///   - isBlocking: whether to wait for the connection.
    package init?(port: UInt16, source: UInt8 = 1, isBlocking: Bool = true) {
        let kind = Int32(SOCK_STREAM.rawValue) | (isBlocking ? 0 : Int32(SOCK_NONBLOCK.rawValue))
        let descriptor = socket(AF_INET, kind | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        self.descriptor = descriptor
        func address(_ last: UInt8, _ port: UInt16) -> sockaddr_in {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = (0x7F00_0000 | UInt32(last)).bigEndian
            return address
        }
        func call(_ address: sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
            var address = address
            return unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
        if source != 1 { _ = unsafe call(address(source, 0)) { unsafe bind(descriptor, $0, $1) } }
        let outcome = unsafe call(address(1, port)) { unsafe connect(descriptor, $0, $1) }
        guard outcome == 0 || (!isBlocking && errno == EINPROGRESS) else { return nil }
        var patience = timeval(tv_sec: 100, tv_usec: 0)
        _ = unsafe setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_RCVTIMEO,
            &patience,
            socklen_t(MemoryLayout<timeval>.size)
        )
    }

    deinit {
        close(descriptor)
    }

    /// - Returns: whether the kernel has taken it all.
    @discardableResult
    package func send(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }

    /// Everything until the other end closes the connection; nil where it does not in time.
    package func rest() -> String? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            if count < 0, errno == EAGAIN || errno == EWOULDBLOCK { return nil }
            if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }

    /// Sends a text and takes all that comes of it.
    package static func exchange(_ text: String, port: UInt16) -> String? {
        guard let socket = TCPSocket(port: port) else { return nil }
        socket.send(text)
        return socket.rest()
    }
}
