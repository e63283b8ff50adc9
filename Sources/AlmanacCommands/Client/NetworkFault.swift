import AsyncHTTPClient
import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// Why a daemon on the network did not answer a request.
enum NetworkFault: Error, Equatable {
    /// No address is known for the host.
    case unknownHost
    /// The host is there, and nobody listens on the port.
    case refused
    /// The host cannot be reached, with the system's reason.
    case unreachable(String)
    /// No answer came in time.
    case silent
    /// The connection broke before the answer was whole.
    case broken(String)
    /// The server does not speak TLS on that port.
    case noTLS
    /// No authority that is trusted here has signed the server's certificate.
    case untrusted
    /// The server's certificate is over since then.
    case expired(String)
    /// The server's certificate begins then.
    case notYetValid(String)
    /// The server's certificate is that of another name.
    case wrongName
    /// TLS failed otherwise.
    case tls(String)
    /// The token is not in force, or there is none.
    case unauthorized(hasToken: Bool)
    /// The token's scopes do not cover what was asked.
    case outOfScope
    /// The answer is a redirection, which is not followed.
    case redirected(String)
    /// What answers is no daemon, with what is strange about it.
    case stranger(String)

    /// What went wrong below HTTP.
    init(_ error: any Error) {
        switch error {
        case let error as NIOConnectionError:
            if let failure = error.connectionErrors.last {
                self.init(failure.error)
            } else {
                self = .unknownHost
            }
        case let error as IOError:
            switch error.errnoCode {
            case ECONNREFUSED: self = .refused
            case ECONNRESET, EPIPE: self = .broken("the server closed the connection")
            case ETIMEDOUT: self = .silent
            default: self = .unreachable(unsafe String(cString: strerror(error.errnoCode)))
            }
        case ChannelError.connectTimeout: self = .silent
        case SocketAddressError.unknown: self = .unknownHost
        case let error as NIOSSLExtraError where error == .failedToValidateHostname: self = .wrongName
        case let error as NIOSSLExtraError where error == .serverHostnameImpossibleToMatch: self = .wrongName
        case let error as NIOSSLError: self.init(tls: "\(error)")
        case let error as BoringSSLError: self.init(tls: "\(error)")
        case let error as HTTPClientError where DaemonClientError.timeouts.contains { $0 == error }: self = .silent
        case let error as HTTPClientError where error == .remoteConnectionClosed:
            self = .broken("the server closed the connection")
        default: self = .broken("\(error)")
        }
    }

    /// - Parameter text: as NIOSSL and BoringSSL put it.
    private init(tls text: String) {
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            self = .untrusted
        } else if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") {
            self = .noTLS
        } else {
            self = .tls(text)
        }
    }

    /// Whether a server that was there may be there again in a moment.
    var mayPass: Bool {
        switch self {
        case .unknownHost, .refused, .unreachable, .silent, .broken: true
        case .noTLS, .untrusted, .expired, .notYetValid, .wrongName, .tls, .unauthorized, .outOfScope, .redirected,
            .stranger:
            false
        }
    }

    /// What is wrong and what to do, as one line.
    func description(_ url: ServerURL) -> String {
        switch self {
        case .unknownHost:
            "the host \(url.host) of \(url) is not known: see the name, and the name service of this machine"
        case .refused:
            "nobody listens on \(url)"
                + (url.port == nil
                    ? ": without a port it is \(url.effectivePort); the daemon's own is 9477"
                    : ": is the daemon running, and is that address in its 'listen'?")
        case .unreachable(let reason): "\(url) cannot be reached: \(reason)"
        case .silent: "\(url) does not answer: is there a firewall on the way, or another port?"
        case .broken(let reason):
            "the connection to \(url) broke: \(reason)"
                + (url.isSecure ? "" : "; if it speaks TLS, its URL begins with https://")
        case .noTLS: "\(url) does not speak TLS: the daemon has no tls_cert there, and its URL begins with http://"
        case .untrusted:
            "the certificate of \(url) is not signed by an authority that is trusted here: "
                + "name the file of its authority with --ca-file or ALMANAC_CA_FILE"
        case .expired(let time): "the certificate of \(url) has expired at \(time): the server needs a new one"
        case .notYetValid(let time):
            "the certificate of \(url) is not valid before \(time): is the clock of this machine right?"
        case .wrongName:
            "the certificate of \(url) is not one of \(url.host): use a name that it holds, or have that name put into it"
        case .tls(let reason): "no TLS connection to \(url) comes about: \(reason)"
        case .unauthorized(hasToken: true):
            "\(url) does not take the token: it is wrong, has expired or was revoked; "
                + "'almanac token create' on the daemon's machine makes another"
        case .unauthorized(hasToken: false):
            "\(url) asks for a token: name the file that holds one with --token-file or ALMANAC_TOKEN_FILE"
        case .outOfScope:
            "the token's scopes do not cover that: 'almanac token create --scope' on the daemon's machine makes one with others"
        case .redirected(let place): "\(url) sends elsewhere: if that is right, give \(place.printable) as the URL"
        case .stranger(let reason): "what answers on \(url) is no Almanac daemon (\(reason)): see the URL"
        }
    }
}
