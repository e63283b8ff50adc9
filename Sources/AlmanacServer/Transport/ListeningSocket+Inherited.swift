import Glibc

extension ListeningSocket {
    /// Takes over a socket that another process has opened, and that listens already.
    ///
    /// Its file, if it is a Unix one, belongs to that process, and is never removed.
    ///
    /// - Parameter name: what the descriptor is called, for messages.
    package static func inherit(
        _ descriptor: Int32,
        name: String?
    ) throws(InheritedSocketError) -> ListeningSocket {
        func refuse(_ reason: InheritedSocketError.Reason) -> InheritedSocketError {
            InheritedSocketError(descriptor: descriptor, name: name, reason: reason)
        }
        guard let type = option(SO_TYPE, of: descriptor), let family = option(SO_DOMAIN, of: descriptor) else {
            throw refuse(errno == ENOTSOCK ? .notASocket : .unreadable(errno: errno))
        }
        switch UInt32(type) {
        case SOCK_STREAM.rawValue: break
        case SOCK_DGRAM.rawValue: throw refuse(.datagrams)
        default: throw refuse(.packets)
        }
        guard [AF_INET, AF_INET6, AF_UNIX].contains(family) else { throw refuse(.family(family)) }
        guard option(SO_ACCEPTCONN, of: descriptor) == 1 else { throw refuse(.notListening) }
        guard let socketAddress = SocketAddress(of: descriptor), let address = socketAddress.listenAddress else {
            throw refuse(.unreadable(errno: errno))
        }
        return ListeningSocket(address: address, socketAddress: socketAddress, inherited: descriptor)
    }

    private static func option(_ name: Int32, of descriptor: Int32) -> Int32? {
        var value: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return unsafe getsockopt(descriptor, SOL_SOCKET, name, &value, &size) == 0 ? value : nil
    }
}

/// Why a descriptor that the service manager has passed is not served.
package struct InheritedSocketError: Error, Hashable, CustomStringConvertible {
    package enum Reason: Hashable, Sendable {
        case notASocket
        case datagrams
        case packets
        case notListening
        /// An address family of socket(2).
        case family(Int32)
        case unreadable(errno: Int32)
    }

    package let descriptor: Int32
    package let name: String?
    package let reason: Reason

    package var description: String {
        let which = name.map { "descriptor \(descriptor), \($0)," } ?? "descriptor \(descriptor)"
        return "\(which) which the service manager has passed is not served: \(explanation)"
    }

    private var explanation: String {
        switch reason {
        case .notASocket:
            "it is no socket; ListenStream= in the .socket unit makes one"
        case .datagrams:
            "it is a datagram socket; write ListenStream= in the place of ListenDatagram= in the .socket unit"
        case .packets:
            "it is a packet socket; write ListenStream= in the place of ListenSequentialPacket= in the .socket unit"
        case .notListening:
            "it does not listen; write Accept=no in the .socket unit"
        case .family(let family):
            "it is neither a TCP nor a Unix socket but of the family \(family); "
                + "ListenStream= takes a port, an IP address with a port, or a path"
        case .unreadable(let errno):
            unsafe String(cString: strerror(errno))
        }
    }
}
