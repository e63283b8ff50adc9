import Glibc

/// A connection to one of a daemon's sockets, which blocks: a client with nothing between its bytes and the daemon.
final class ContractSocket {
    enum Address: Sendable {
        case unix(String)
        case tcp(UInt16)
    }

    private let descriptor: Int32
    private var received: [UInt8] = []

    /// How long an answer may take, in seconds.
    private static let patience = 60

    init?(_ address: Address) {
        let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        var outcome: Int32
        switch address {
        case .unix(let path):
            descriptor = socket(AF_UNIX, flags, 0)
            var name = sockaddr_un()
            name.sun_family = sa_family_t(AF_UNIX)
            unsafe withUnsafeMutableBytes(of: &name.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
            outcome = unsafe Self.call(&name) { unsafe connect(descriptor, $0, $1) }
        case .tcp(let port):
            descriptor = socket(AF_INET, flags, 0)
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_port = port.bigEndian
            name.sin_addr.s_addr = (0x7F00_0001 as UInt32).bigEndian
            outcome = unsafe Self.call(&name) { unsafe connect(descriptor, $0, $1) }
        }
        guard outcome == 0 else { return nil }
        var patience = timeval(tv_sec: Self.patience, tv_usec: 0)
        let length = socklen_t(MemoryLayout<timeval>.size)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, length)
    }

    deinit {
        close(descriptor)
    }

    private static func call<Name>(_ name: inout Name, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        unsafe withUnsafePointer(to: &name) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<Name>.size))
            }
        }
    }

    /// Sends it all; what the other end does not want any more is dropped.
    func send(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }

    /// The text up to and with an ending; nil where the connection ends before.
    func take(through ending: String) -> String? {
        while true {
            if let range = received.firstRange(of: ending.utf8) {
                defer { received.removeSubrange(..<range.upperBound) }
                return String(decoding: received[..<range.upperBound], as: UTF8.self)
            }
            guard fill() else { return nil }
        }
    }

    /// So many bytes; nil where the connection ends before.
    func take(_ count: Int) -> [UInt8]? {
        while received.count < count {
            guard fill() else { return nil }
        }
        defer { received.removeFirst(count) }
        return Array(received.prefix(count))
    }

    /// Waits for more; false at the end of the connection, or where nothing comes in time.
    private func fill() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        received += buffer[..<count]
        return true
    }
}
