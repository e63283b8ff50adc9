import CLinux
import Glibc

/// The socket at which journald takes entries, in its native protocol: https://systemd.io/JOURNAL_NATIVE_PROTOCOL.
///
/// Nothing here blocks, but for `awaitRoom`, which is told for how long.
struct JournalSocket {
    enum Outcome: Hashable {
        case sent
        /// The journal has not read what it was sent before.
        case full
        /// There is no journal; the errno.
        case away(Int32)
        /// It does not take this entry; the errno.
        case refused(Int32)
    }

    private static let path = "/run/systemd/journal/socket"

    /// -1 while there is no connection.
    private(set) var descriptor: Int32 = -1

    /// Sends an entry, in a file of memory where it is too large for a datagram.
    mutating func send(_ entry: [UInt8]) -> Outcome {
        var outcome = attempt(entry)
        // The journal has been restarted: the socket is another one now.
        if case .away = outcome { outcome = attempt(entry) }
        return outcome
    }

    /// Waits until the journal may have room again.
    func awaitRoom(milliseconds: Int32) {
        var waited = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = unsafe poll(&waited, 1, milliseconds)
    }

    private mutating func attempt(_ entry: [UInt8]) -> Outcome {
        if descriptor < 0, let error = open() { return .away(error) }
        let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
        var error = Int32(0)
        if unsafe Glibc.send(descriptor, entry, entry.count, flags) < 0 { error = errno }
        if error == EMSGSIZE || error == ENOBUFS { error = sendFile(entry) }
        switch error {
        case 0: return .sent
        case EAGAIN, EINTR, ENOBUFS: return .full
        case ECONNREFUSED, ECONNRESET, ENOTCONN, EPIPE, ENOENT:
            close(descriptor)
            descriptor = -1
            return .away(error)
        default: return .refused(error)
        }
    }

    /// Connects; answers the errno where that fails.
    private mutating func open() -> Int32? {
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | O_NONBLOCK | O_CLOEXEC, 0)
        guard socket >= 0 else { return errno }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { path in
            unsafe path.copyBytes(from: Self.path.utf8)
        }
        let connected = unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe connect(socket, address, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard connected == 0 else {
            let error = errno
            close(socket)
            return error
        }
        descriptor = socket
        return nil
    }

    /// Sends an entry as a file that nobody can change any more; answers the errno, 0 where that works.
    private func sendFile(_ entry: [UInt8]) -> Int32 {
        let file = unsafe clinux_memfd_create("journal", CLINUX_MFD_CLOEXEC | CLINUX_MFD_ALLOW_SEALING)
        guard file >= 0 else { return errno }
        defer { close(file) }
        var written = 0
        while written < entry.count {
            let count = unsafe entry.withUnsafeBytes { bytes in
                unsafe write(file, bytes.baseAddress! + written, bytes.count - written)
            }
            guard count > 0 else { return errno }
            written += count
        }
        guard clinux_fcntl(file, CLINUX_F_ADD_SEALS, Int(CLINUX_F_SEAL_ALL)) == 0 else { return errno }
        return clinux_send_descriptor(descriptor, file) < 0 ? errno : 0
    }
}
