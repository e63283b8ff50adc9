import AlmanacLinux
import AlmanacRunProtocol
import CLinux
import Glibc

/// The program that supervises a run, `almanac-run`.
package struct SupervisorProgram: Sendable {
    package let path: String

    /// - Throws: where there is no such program that this process may execute.
    package init(path: String) throws(SupervisorProgramError) {
        guard unsafe access(path, X_OK) == 0 else { throw .notExecutable(path: path) }
        self.path = path
    }

    /// Finds the program for the running executable: in the same folder, or in `../libexec/almanac` beside it.
    package static func locate() throws(SupervisorProgramError) -> SupervisorProgram {
        let executable = executablePath()
        let folder = executable.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
            separator: "/"
        )
        let candidates = ["\(folder)/almanac-run", "\(folder)/../libexec/almanac/almanac-run"]
        for candidate in candidates {
            if let program = try? SupervisorProgram(path: candidate) { return program }
        }
        throw .notFound(lookedIn: candidates)
    }

    /// Starts the program for a run; it lives on without the caller.
    ///
    /// - Returns: its process id, of a child that the caller has to reap.
    func spawn(for folder: RunFolder) throws(SystemError) -> Int32 {
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // A signal to stop that comes before the supervisor is ready for it waits; all others are as in a new process,
        // for the threads of the daemon block them.
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGTERM)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var pid: pid_t = 0
        let outcome = unsafe path.withCString { path in
            unsafe folder.path.withCString { folder in
                var arguments: [UnsafeMutablePointer<CChar>?] = unsafe [
                    UnsafeMutablePointer(mutating: path), UnsafeMutablePointer(mutating: folder), nil,
                ]
                var environment: [UnsafeMutablePointer<CChar>?] = unsafe [nil]
                return unsafe posix_spawn(&pid, path, nil, &attributes, &arguments, &environment)
            }
        }
        guard outcome == 0 else { throw SystemError("start", subject: path, errno: outcome) }
        return pid
    }

    private static func executablePath() -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }
}

package enum SupervisorProgramError: Error, CustomStringConvertible {
    case notExecutable(path: String)
    case notFound(lookedIn: [String])

    package var description: String {
        switch self {
        case .notExecutable(let path):
            "\(path) is not a program that can be executed; it supervises the runs"
        case .notFound(let candidates):
            "almanac-run, which supervises the runs, is not beside this program: looked for "
                + candidates.joined(separator: " and ")
        }
    }
}
