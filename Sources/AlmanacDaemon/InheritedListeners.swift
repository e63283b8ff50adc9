import AlmanacConfig
import AlmanacModel
import AlmanacServer
import AlmanacSystemd
import Logging

/// The sockets that the service manager has opened, `almanac.socket`: they wait for connections while no daemon is there.
struct InheritedListeners {
    /// What the API is served on, in the place of the configured addresses; none where those are to be listened on.
    private(set) var api: [ListeningSocket] = []
    /// What the metrics are served on for everyone, those with the name `metrics`, in the place of `[metrics] listen`; none where
    /// that is to be listened on.
    private(set) var metrics: [ListeningSocket] = []

    /// Takes over what was passed. What cannot be served is said, and done without: schedules are more than an address.
    ///
    /// - Parameter configured: the addresses of the command line, which are not listened on where there are sockets for the API.
    static func adopt(
        _ inherited: InheritedDescriptors,
        inPlaceOf configured: [String],
        _ configuration: Configuration,
        logger: Logger
    ) throws(DaemonStartError) -> InheritedListeners {
        switch inherited {
        case .ours(let descriptors):
            let listeners = InheritedListeners(descriptors, logger: logger)
            if configuration.api.auth == .none { try listeners.requireLocal() }
            listeners.log(inPlaceOf: configured, configuration.metrics, hadAny: !descriptors.isEmpty, logger: logger)
            return listeners
        case .another(let pid):
            logger.notice(
                "LISTEN_FDS is for another process (LISTEN_PID is \"\(pid)\"): the configured addresses are listened on",
                metadata: ["event": "\(LoggedEvent.socketsRefused)"]
            )
        case .malformed(let reason):
            logger.error(
                "the service manager's sockets cannot be taken over: \(reason); the configured addresses are",
                metadata: ["event": "\(LoggedEvent.socketsRefused)"]
            )
        }
        return InheritedListeners()
    }

    private init() {}

    private init(_ descriptors: [InheritedDescriptor], logger: Logger) {
        for descriptor in descriptors {
            do throws(InheritedSocketError) {
                let listener = try ListeningSocket.inherit(descriptor.number, name: descriptor.name)
                if let warning = Self.warning(of: listener, named: descriptor.name) {
                    logger.warning("\(warning)", metadata: ["event": "\(LoggedEvent.socketsTakenOver)"])
                }
                if descriptor.name == "metrics" {
                    metrics.append(listener)
                } else {
                    api.append(listener)
                }
            } catch {
                logger.error("\(error)", metadata: ["event": "\(LoggedEvent.socketsRefused)"])
            }
        }
    }

    /// An API that asks for no credentials is for loopback addresses alone.
    private func requireLocal() throws(DaemonStartError) {
        for listener in api where !listener.address.isLocal {
            throw .listen(
                "[api] auth = \"none\" opens the API to everyone who reaches it, so it goes with loopback addresses only, "
                    + "and the service manager listens on \(listener.address): write ListenStream=127.0.0.1:9477 in the "
                    + ".socket unit, or remove auth = \"none\""
            )
        }
    }

    private func log(inPlaceOf configured: [String], _ settings: MetricsSettings, hadAny: Bool, logger: Logger) {
        let unused = configured.joined(separator: ", ")
        if !api.isEmpty {
            logger.notice(
                "listening on the service manager's sockets, and so not on \(unused)",
                metadata: ["event": "\(LoggedEvent.socketsTakenOver)"]
            )
        } else if hadAny && metrics.isEmpty {
            logger.error(
                "none of the service manager's sockets can be served; listening on \(unused)",
                metadata: ["event": "\(LoggedEvent.socketsRefused)"]
            )
        }
        if !metrics.isEmpty && !settings.listen.isEmpty {
            logger.notice(
                "serving the metrics on the service manager's sockets, and so not on \(settings.listen.joined(separator: ", "))",
                metadata: ["event": "\(LoggedEvent.socketsTakenOver)"]
            )
        }
    }

    /// What a socket is decides how its callers are known; its name only says what was meant.
    private static func warning(of listener: ListeningSocket, named name: String?) -> String? {
        switch (name, listener.address) {
        case ("api", .unix):
            "the service manager's socket named api is \(listener.address); expected a TCP socket"
        case ("local", .tcp):
            "the service manager's socket named local is \(listener.address); expected a Unix socket. Its callers are "
                + "treated as those of any TCP socket"
        default: nil
        }
    }
}
