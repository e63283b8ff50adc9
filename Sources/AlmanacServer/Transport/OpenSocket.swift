import Glibc

/// A socket's descriptor while it is being set up; closed at the end of its life unless it was released.
struct OpenSocket: ~Copyable {
    private let descriptor: Int32

    /// A stream socket, non-blocking and close-on-exec from birth.
    init(_ family: Int32, for address: ListenAddress) throws(ListenError) {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        descriptor = socket(family, type, 0)
        guard descriptor >= 0 else { throw .system(address, call: "socket", errno: errno) }
    }

    deinit {
        // errno is the caller's to read after a failed call.
        let code = errno
        close(descriptor)
        errno = code
    }

    consuming func release() -> Int32 {
        let descriptor = self.descriptor
        discard self
        return descriptor
    }

    func setOption(_ level: Int32, _ name: Int32, for address: ListenAddress) throws(ListenError) {
        var one: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe setsockopt(descriptor, level, name, &one, size) == 0 else {
            throw .system(address, call: "setsockopt", errno: errno)
        }
    }

    /// bind(2); errno says why not.
    func bind(_ address: SocketAddress) -> Bool {
        unsafe address.withPointer { unsafe Glibc.bind(descriptor, $0, $1) } == 0
    }

    /// connect(2); errno says why not.
    func connect(_ address: SocketAddress) -> Bool {
        unsafe address.withPointer { unsafe Glibc.connect(descriptor, $0, $1) } == 0
    }

    func listen(for address: ListenAddress) throws(ListenError) {
        guard Glibc.listen(descriptor, SOMAXCONN) == 0 else {
            let code = errno
            // Two sockets may bind one port with SO_REUSEADDR; only one may listen.
            throw code == EADDRINUSE ? .portInUse(address) : .system(address, call: "listen", errno: code)
        }
    }

    /// The TCP port that the socket is bound to; nil with errno set where it cannot be told.
    func localPort() -> UInt16? {
        guard case .tcp(_, let port)? = SocketAddress(of: descriptor)?.listenAddress else { return nil }
        return port
    }
}

/// A sockaddr of any family, as bytes.
struct SocketAddress: Sendable {
    private let bytes: [UInt8]

    init(host: IPAddress, port: UInt16) {
        let portBytes = [UInt8(port >> 8), UInt8(port & 0xFF)]
        if host.isVersion6 {
            // sockaddr_in6: family, port, flow information, address, scope.
            bytes = Self.family(AF_INET6) + portBytes + [0, 0, 0, 0] + host.bytes + [0, 0, 0, 0]
        } else {
            // sockaddr_in: family, port, address, padding.
            bytes = Self.family(AF_INET) + portBytes + host.bytes + [0, 0, 0, 0, 0, 0, 0, 0]
        }
    }

    /// - Parameter path: at most `ListenAddress.maximumPathLength` bytes.
    init(path: String) {
        let pathBytes = path.utf8.prefix(ListenAddress.maximumPathLength)
        bytes = Self.family(AF_UNIX) + pathBytes + [0]
    }

    /// The address that a socket is bound to, getsockname(2); nil with errno set where it cannot be told.
    init?(of descriptor: Int32) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &length)
            }
        }
        guard result == 0 else { return nil }
        bytes = unsafe withUnsafeBytes(of: &storage) { unsafe Array($0.prefix(Int(length))) }
    }

    /// AF_INET, AF_INET6 or AF_UNIX.
    var family: Int32 {
        unsafe bytes.withUnsafeBytes { unsafe Int32($0.loadUnaligned(as: sa_family_t.self)) }
    }

    /// What it is on the command line; a name in the abstract namespace begins with `@`. Nil for any other family.
    var listenAddress: ListenAddress? {
        switch family {
        case AF_INET where bytes.count >= 8:
            IPAddress(bytes: Array(bytes[4..<8])).map { .tcp(host: $0, port: port) }
        case AF_INET6 where bytes.count >= 24:
            IPAddress(bytes: Array(bytes[8..<24])).map { .tcp(host: $0, port: port) }
        case AF_UNIX:
            .unix(path: String(decoding: unixName, as: UTF8.self))
        default: nil
        }
    }

    private var port: UInt16 { UInt16(bytes[2]) << 8 | UInt16(bytes[3]) }

    private var unixName: [UInt8] {
        let name = bytes.dropFirst(2)
        return name.first == 0 ? [UInt8(ascii: "@")] + name.dropFirst() : Array(name.prefix { $0 != 0 })
    }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        // The kernel copies the bytes and asks for no alignment, but Swift's types do.
        var storage = sockaddr_storage()
        return unsafe withUnsafeMutableBytes(of: &storage) { buffer in
            unsafe buffer.copyBytes(from: bytes)
            return unsafe body(buffer.assumingMemoryBound(to: sockaddr.self).baseAddress!, socklen_t(bytes.count))
        }
    }

    private static func family(_ family: Int32) -> [UInt8] {
        unsafe withUnsafeBytes(of: sa_family_t(family)) { unsafe [UInt8]($0) }
    }
}
