import CLinux
import Glibc
import Synchronization

/// A program that a test runs, with its output in files; killed when nothing refers to it any more.
package final class ChildProcess: Sendable {
    package let pid: Int32
    private let output: TemporaryFolder
    private let status = Mutex<Int32?>(nil)

    /// How a program ended.
    package struct Outcome: Sendable {
        /// The exit code; 128 + n where signal n ended it.
        package let exitCode: Int32
        package let standardOutput: String
        package let standardError: String
    }

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - arguments: the program's path, or its name to be looked up in PATH, and its arguments.
    ///   - environment: added to the test's own.
    package init(
        _ arguments: [String],
        environment: [String: String] = [:],
        workingDirectory: String = "/"
    ) {
        output = TemporaryFolder()
        var variables: [String: String] = [:]
        for variable in (TemporaryFolder.read("/proc/self/environ") ?? []).split(separator: 0) {
            let parts = String(decoding: variable, as: UTF8.self)
                .split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            variables[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
        }
        variables.merge(environment) { $1 }

        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, output.file("out"), O_WRONLY | O_CREAT, 0o600)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, output.file("err"), O_WRONLY | O_CREAT, 0o600)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

        let command = ["env", "--chdir=\(workingDirectory)"] + arguments
        var argv = unsafe command.map { unsafe strdup($0) } + [nil]
        var envp = unsafe variables.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
        var pid: pid_t = 0
        let outcome = unsafe posix_spawn(&pid, "/usr/bin/env", &actions, &attributes, &argv, &envp)
        for index in unsafe argv.indices { unsafe free(argv[index]) }
        for index in unsafe envp.indices { unsafe free(envp[index]) }
        unsafe posix_spawn_file_actions_destroy(&actions)
        unsafe posix_spawnattr_destroy(&attributes)
        precondition(outcome == 0, "\(arguments[0]) could not be started: error \(outcome)")
        self.pid = pid
    }

    deinit {
        guard status.withLock({ $0 }) == nil else { return }
        kill(pid, SIGKILL)
        var ignored: Int32 = 0
        _ = unsafe waitpid(pid, &ignored, 0)
    }

    package func send(_ signal: Int32) {
        kill(pid, signal)
    }

    /// Whether it has not ended yet.
    package var isRunning: Bool { reap() == nil }

    package var standardOutput: String { text("out") }
    package var standardError: String { text("err") }

    /// Waits for its end; nil when that takes longer than the limit.
    package func wait(seconds: Double = 60) -> Outcome? {
        guard eventually(within: seconds, { !isRunning }), let code = reap() else { return nil }
        return Outcome(exitCode: code, standardOutput: standardOutput, standardError: standardError)
    }

    /// Runs a program to its end.
    package static func run(
        _ arguments: [String],
        environment: [String: String] = [:],
        seconds: Double = 60
    ) -> Outcome? {
        ChildProcess(arguments, environment: environment).wait(seconds: seconds)
    }

    private func text(_ name: String) -> String {
        String(decoding: TemporaryFolder.read(output.file(name)) ?? [], as: UTF8.self)
    }

    private func reap() -> Int32? {
        status.withLock { status in
            if let status { return status }
            var word: Int32 = 0
            guard unsafe waitpid(pid, &word, WNOHANG) == pid else { return nil }
            let code = clinux_wifexited(word) != 0 ? clinux_wexitstatus(word) : 128 + clinux_wtermsig(word)
            status = code
            return code
        }
    }
}

/// Looks again and again until a condition holds; false when it does not within the limit.
package func eventually(within seconds: Double = 30, _ condition: () throws -> Bool) rethrows -> Bool {
    let start = now()
    while true {
        if try condition() { return true }
        if now() - start > seconds { return false }
        poll(nil, 0, 10)
    }
}

private func now() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
