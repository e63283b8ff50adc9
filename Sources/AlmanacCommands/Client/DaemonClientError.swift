import AlmanacAPI
import AsyncHTTPClient
import Glibc
import NIOCore

/// Why the daemon did not do what it was asked.
enum DaemonClientError: Error, Equatable {
    /// Nobody listens on the socket, or there is none.
    case noDaemon(socket: String)
    /// The socket's permissions keep this user out.
    case notPermitted(socket: String)
    /// The path cannot be a socket's.
    case unusableSocket(socket: String, reason: String)
    /// The connection broke before the answer was whole.
    case connectionLost(socket: String, reason: String)
    /// The daemon took too long.
    case timedOut(socket: String)
    /// The daemon said no.
    case refused(Problem)
    /// The daemon answered with something that this client does not understand.
    case notUnderstood(reason: String)
    /// A daemon that is to be asked over the network was not.
    case network(ServerURL, NetworkFault)

    /// What went wrong below HTTP.
    init(transport error: any Error, _ address: DaemonAddress) {
        switch address {
        case .socket(let path): self.init(transport: error, socket: path)
        case .network(let network):
            self = (error as? DaemonClientError) ?? .network(network.url, NetworkFault(error))
        }
    }

    /// A refusal, with what its reader can do about it.
    init(refusal problem: Problem, _ address: DaemonAddress) {
        switch (address, problem.status) {
        case (.network(let network), 401):
            self = .network(network.url, .unauthorized(hasToken: network.token != nil))
        case (.network(let network), 403) where problem.detail?.contains("scopes") == true:
            self = .network(network.url, .outOfScope)
        default: self = .refused(problem)
        }
    }

    /// An answer that is neither good nor one of the API's refusals.
    init(strangeStatus status: UInt, location: String?, _ address: DaemonAddress) {
        guard case .network(let network) = address else {
            self = .notUnderstood(reason: "status \(status)")
            return
        }
        switch (status, location) {
        case (300..<400, let location?): self = .network(network.url, .redirected(location))
        case (401, _): self = .network(network.url, .unauthorized(hasToken: network.token != nil))
        case (502...504, _):
            self = .network(network.url, .broken("the server before the daemon answers with status \(status)"))
        default: self = .network(network.url, .stranger("status \(status)"))
        }
    }

    /// Whether a certificate did not hold, for whatever reason.
    var isUntrusted: Bool {
        if case .network(_, .untrusted) = self { true } else { false }
    }

    private init(transport error: any Error, socket: String) {
        switch error {
        case let error as DaemonClientError:
            self = error
        case let error as IOError:
            self.init(errno: error.errnoCode, socket: socket)
        case SocketAddressError.unixDomainSocketPathTooLong:
            self = .unusableSocket(socket: socket, reason: "the path is longer than 107 bytes")
        case let error as HTTPClientError where error == .remoteConnectionClosed:
            self = .connectionLost(socket: socket, reason: "the daemon closed the connection")
        case let error as HTTPClientError where Self.timeouts.contains { $0 == error }:
            self = .timedOut(socket: socket)
        default:
            self = .connectionLost(socket: socket, reason: "\(error)")
        }
    }

    private init(errno code: Int32, socket: String) {
        switch code {
        case ENOENT, ECONNREFUSED: self = .noDaemon(socket: socket)
        case EACCES, EPERM: self = .notPermitted(socket: socket)
        case ECONNRESET, EPIPE: self = .connectionLost(socket: socket, reason: "the daemon closed the connection")
        default: self = .unusableSocket(socket: socket, reason: unsafe String(cString: strerror(code)))
        }
    }

    /// Whether a daemon that was there may be there again in a moment.
    var mayPass: Bool {
        switch self {
        case .noDaemon, .connectionLost, .timedOut: true
        case .refused(let problem): problem.status == 503
        case .network(_, let fault): fault.mayPass
        case .notPermitted, .unusableSocket, .notUnderstood: false
        }
    }

    static let timeouts: [HTTPClientError] = [
        .readTimeout, .writeTimeout, .connectTimeout, .deadlineExceeded, .getConnectionFromPoolTimeout,
    ]
}

extension DaemonClientError: CustomStringConvertible {
    /// One line, and one more for each located error of a refusal.
    var description: String {
        switch self {
        case .noDaemon(let socket):
            "no daemon listens on \(socket); start one with 'almanac daemon', or name another socket with --socket or ALMANAC_SOCKET"
        case .notPermitted(let socket):
            "this user may not use \(socket); try as root, as the daemon's own user or as a member of its group"
        case .unusableSocket(let socket, let reason): "cannot connect to \(socket): \(reason)"
        case .connectionLost(let socket, let reason): "the connection to the daemon on \(socket) broke: \(reason)"
        case .timedOut(let socket): "the daemon on \(socket) does not answer"
        case .refused(let problem): problem.lines
        case .notUnderstood(let reason): "the daemon's answer makes no sense to this client: \(reason)"
        case .network(let url, let fault): fault.description(url)
        }
    }
}

extension Problem {
    /// The detail or else the title, then an indented line for each located error.
    fileprivate var lines: String {
        let title = title.isEmpty ? "the daemon answered with status \(status)" : title
        let first = detail.flatMap { $0.isEmpty ? nil : $0 }.map { "\(title): \($0)" } ?? title
        let rest = (errors ?? []).map { error in
            "  " + [error.location, error.message].compactMap(\.self).joined(separator: ": ")
        }
        return ([first] + rest).map(\.printable).joined(separator: "\n")
    }
}
