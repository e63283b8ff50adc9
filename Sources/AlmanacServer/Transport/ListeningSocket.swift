import CLinux
import Glibc
import Synchronization

/// A socket that listens, and the file that it stands for when it is a Unix one.
///
/// Where it goes away unused, it closes itself and removes its file.
package final class ListeningSocket: Sendable {
    /// The address it listens on; the port is the real one where the kernel chose it.
    package let address: ListenAddress

    private struct FileIdentity: Equatable {
        var device: UInt64
        var inode: UInt64
    }

    private let descriptor: Mutex<Int32?>
    private let file: FileIdentity?
    private let socketAddress: SocketAddress?

    private init(address: ListenAddress, descriptor: consuming OpenSocket, file: FileIdentity?) {
        self.address = address
        let number = descriptor.release()
        self.descriptor = Mutex(number)
        self.file = file
        socketAddress = SocketAddress(of: number)
    }

    /// - Parameter descriptor: a socket that listens, and is this object's from now on; its file is another's.
    init(address: ListenAddress, socketAddress: SocketAddress, inherited descriptor: Int32) {
        self.address = address
        self.descriptor = Mutex(descriptor)
        file = nil
        self.socketAddress = socketAddress
    }

    deinit {
        guard let descriptor = takeDescriptor() else { return }
        removeFile()
        close(descriptor)
    }

    /// Makes a socket that is non-blocking and close-on-exec, binds it and lets it listen.
    ///
    /// On a Unix path, the file of a socket on which nobody answers is replaced; the new one has the mode 0660. A file
    /// of any other kind is never touched. Nobody can connect before the mode is right: there is no listener until then.
    ///
    /// - Parameter groupID: the group of the file; nil for the process's own.
    ///
    /// A daemon that is killed while it starts a supervisor leaves its sockets to that process, until it executes its
    /// program a moment later. So an address that is in use is tried again, which blocks for a second at most.
    package static func open(
        _ address: ListenAddress,
        groupID: UInt32? = nil
    ) throws(ListenError) -> ListeningSocket {
        for _ in 0..<50 {
            do throws(ListenError) {
                return try openOnce(address, groupID)
            } catch {
                guard error.isInUse else { throw error }
                poll(nil, 0, 20)
            }
        }
        return try openOnce(address, groupID)
    }

    private static func openOnce(_ address: ListenAddress, _ groupID: UInt32?) throws(ListenError) -> ListeningSocket {
        switch address {
        case .tcp(let host, let port): try openTCP(host, port)
        case .unix(let path): try openUnix(path, groupID)
        }
    }

    /// Connects as a client on this machine would, without waiting for the server.
    ///
    /// - Returns: a non-blocking descriptor that is the caller's to close, connected or on its way; nil where the address
    ///   leads nowhere any more.
    package func connect() -> Int32? {
        guard let socketAddress, let socket = try? OpenSocket(socketAddress.family, for: address) else { return nil }
        guard socket.connect(socketAddress) || errno == EINPROGRESS else { return nil }
        return socket.release()
    }

    /// Hands the descriptor over to the caller, who closes it; nil when that has happened before.
    func takeDescriptor() -> Int32? {
        descriptor.withLock { descriptor in
            defer { descriptor = nil }
            return descriptor
        }
    }

    /// Removes a Unix socket's file, if the path still leads to this socket.
    func removeFile() {
        guard case .unix(let path) = address, let file, Self.identity(of: path)?.identity == file else { return }
        unsafe unlink(path)
    }

    private static func openTCP(_ host: IPAddress, _ port: UInt16) throws(ListenError) -> ListeningSocket {
        let address = ListenAddress.tcp(host: host, port: port)
        let socket = try OpenSocket(host.isVersion6 ? AF_INET6 : AF_INET, for: address)
        try socket.setOption(SOL_SOCKET, SO_REUSEADDR, for: address)
        if host.isVersion6 {
            try socket.setOption(Int32(IPPROTO_IPV6), IPV6_V6ONLY, for: address)
        }
        guard socket.bind(SocketAddress(host: host, port: port)) else {
            let code = errno
            throw code == EADDRINUSE ? .portInUse(address) : .system(address, call: "bind", errno: code)
        }
        try socket.listen(for: address)
        guard let bound = socket.localPort() else { throw .system(address, call: "getsockname", errno: errno) }
        return ListeningSocket(address: .tcp(host: host, port: bound), descriptor: socket, file: nil)
    }

    private static func openUnix(_ path: String, _ groupID: UInt32?) throws(ListenError) -> ListeningSocket {
        let address = ListenAddress.unix(path: path)
        let socketAddress = SocketAddress(path: path)
        if let existing = identity(of: path) {
            guard existing.isSocket else { throw .notASocket(address) }
            let probe = try OpenSocket(AF_UNIX, for: address)
            if probe.connect(socketAddress) { throw .socketInUse(address) }
            switch errno {
            case ECONNREFUSED: unsafe unlink(path)
            case ENOENT: break
            // A full backlog: somebody is there, and slow.
            case EAGAIN: throw .socketInUse(address)
            case let code: throw .system(address, call: "connect", errno: code)
            }
        }
        let socket = try OpenSocket(AF_UNIX, for: address)
        guard socket.bind(socketAddress) else {
            let code = errno
            throw code == EADDRINUSE ? .socketInUse(address) : .system(address, call: "bind", errno: code)
        }
        let file = identity(of: path)?.identity
        do throws(ListenError) {
            if let groupID, unsafe chown(path, uid_t.max, groupID) != 0 {
                throw .system(address, call: "chown to the group \(groupID) of socket_group", errno: errno)
            }
            guard unsafe chmod(path, 0o660) == 0 else { throw .system(address, call: "chmod", errno: errno) }
            try socket.listen(for: address)
        } catch {
            unsafe unlink(path)
            throw error
        }
        return ListeningSocket(address: address, descriptor: socket, file: file)
    }

    private static func identity(of path: String) -> (identity: FileIdentity, isSocket: Bool)? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        let identity = FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        return (identity, status.st_mode & S_IFMT == S_IFSOCK)
    }
}
