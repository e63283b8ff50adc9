import AlmanacLinux
package import AlmanacRunProtocol
import Glibc
import Synchronization

/// The variables that pam_env(8) brings into the session of a cron job on Debian: those of /etc/environment, and over them
/// those of /etc/default/locale.
///
/// The files are read again whenever they have changed; one that cannot be read has none. /etc/security/pam_env.conf is not read, for as Debian
/// ships it there is nothing in it.
package final class LoginEnvironment: Sendable {
    private struct Contents {
        var states: [FileState?]
        var variables: [String: ByteString]
    }

    private let paths: [String]
    private let contents = Mutex<Contents?>(nil)

    /// - Parameter paths: the files, of which the later count more.
    package init(paths: [String] = ["/etc/environment", "/etc/default/locale"]) {
        self.paths = paths
    }

    /// The variables, as the files have them now.
    package func variables() -> [String: ByteString] {
        let states = paths.map(FileState.init(path:))
        return contents.withLock { contents in
            if let contents, contents.states == states { return contents.variables }
            var variables: [String: ByteString] = [:]
            for path in paths {
                if let bytes = Self.read(path) { LoginVariables.apply(bytes, to: &variables) }
            }
            contents = Contents(states: states, variables: variables)
            return variables
        }
    }

    /// A file of a reasonable size; nil where it cannot be read. What is no plain file is not waited for.
    private static func read(_ path: String) -> [UInt8]? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while bytes.count < 1 << 20 {
            let count = unsafe Glibc.read(file, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return bytes
    }
}
