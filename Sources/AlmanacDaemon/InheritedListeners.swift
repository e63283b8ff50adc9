import AlmanacConfig
import AlmanacModel
import AlmanacServer
import AlmanacSystemd
import Logging

/// The sockets that the service manager has opened, `almanac.socket`: they wait for connections while no daemon is there.
enum InheritedListeners {
    /// Takes over what was passed. What cannot be served is said, and done without: schedules are more than an address.
    ///
    /// - Parameter configured: the addresses of the command line, which are not listened on where there are such sockets.
    /// - Returns: none where the configured addresses are to be listened on.
    static func adopt(
        _ inherited: InheritedDescriptors,
        inPlaceOf configured: [String],
        _ api: APISettings,
        logger: Logger
    ) throws(DaemonStartError) -> [ListeningSocket] {
        switch inherited {
        case .ours(let descriptors):
            return try adopt(descriptors, inPlaceOf: configured, api, logger: logger)
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
        return []
    }

    private static func adopt(
        _ descriptors: [InheritedDescriptor],
        inPlaceOf configured: [String],
        _ api: APISettings,
        logger: Logger
    ) throws(DaemonStartError) -> [ListeningSocket] {
        if descriptors.isEmpty { return [] }
        var listeners: [ListeningSocket] = []
        for descriptor in descriptors {
            do throws(InheritedSocketError) {
                let listener = try ListeningSocket.inherit(descriptor.number, name: descriptor.name)
                if let warning = warning(of: listener, named: descriptor.name) {
                    logger.warning("\(warning)", metadata: ["event": "\(LoggedEvent.socketsTakenOver)"])
                }
                listeners.append(listener)
            } catch {
                logger.error("\(error)", metadata: ["event": "\(LoggedEvent.socketsRefused)"])
            }
        }
        for listener in listeners where api.auth == .none && !listener.address.isLocal {
            throw .listen(
                "[api] auth = \"none\" opens the API to everyone who reaches it, so it goes with loopback addresses only, "
                    + "and the service manager listens on \(listener.address): write ListenStream=127.0.0.1:9477 in the "
                    + ".socket unit, or remove auth = \"none\""
            )
        }
        let unused = configured.joined(separator: ", ")
        if listeners.isEmpty {
            logger.error(
                "none of the service manager's sockets can be served; listening on \(unused)",
                metadata: ["event": "\(LoggedEvent.socketsRefused)"]
            )
        } else {
            logger.notice(
                "listening on the service manager's sockets, and so not on \(unused)",
                metadata: ["event": "\(LoggedEvent.socketsTakenOver)"]
            )
        }
        return listeners
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
