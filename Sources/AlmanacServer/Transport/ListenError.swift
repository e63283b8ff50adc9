import Glibc

/// Why an address cannot be served.
package enum ListenError: Error, Equatable {
    /// Another program has the TCP port.
    case portInUse(ListenAddress)
    /// A living process answers on the Unix socket.
    case socketInUse(ListenAddress)
    /// Something that is no socket stands at the path; it is left alone.
    case notASocket(ListenAddress)
    /// A system call failed.
    case system(ListenAddress, call: String, errno: Int32)

    /// Whether somebody else listens there.
    var isInUse: Bool {
        switch self {
        case .portInUse, .socketInUse: true
        case .notASocket, .system: false
        }
    }
}

extension ListenError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .portInUse(let address):
            "cannot listen on \(address): another program has that port; stop it or choose another with --listen"
        case .socketInUse(let address):
            "cannot listen on \(address): another daemon answers there; stop it or choose another path with --listen"
        case .notASocket(let address):
            "cannot listen on \(address): there is a file at that path that is not a socket; remove it or choose another"
        case .system(let address, let call, let errno):
            "cannot listen on \(address): \(Self.explanation(errno)) (\(call))"
        }
    }

    private static func explanation(_ errno: Int32) -> String {
        switch errno {
        case ENOENT: "the folder does not exist"
        case EACCES, EPERM: "permission denied"
        case EADDRNOTAVAIL: "this machine does not have that address"
        default: unsafe String(cString: strerror(errno))
        }
    }
}
