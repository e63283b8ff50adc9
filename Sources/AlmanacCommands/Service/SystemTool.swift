import Glibc

/// A program of the system, run to its end.
enum SystemTool {
    struct Outcome {
        /// 0 to 255; 128 + n where signal n ended it; 127 where there is no such program.
        let exitCode: Int32
        /// What it has printed, where that was asked for.
        let output: String
    }

    /// Runs a program that is looked up in `PATH`; its errors go where ours go.
    ///
    /// - Parameter capturing: whether its standard output is answered; else it goes where ours goes.
    static func run(_ arguments: [String], capturing: Bool = false) -> Outcome {
        var ends: [Int32] = [-1, -1]
        if capturing {
            guard unsafe pipe(&ends) == 0 else { return Outcome(exitCode: 127, output: "") }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        if capturing { unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO) }
        var argv = unsafe arguments.map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe argv.indices { unsafe free(argv[index]) } }
        var pid: pid_t = 0
        let failure = unsafe posix_spawnp(&pid, arguments[0], &actions, nil, &argv, environ)
        if capturing { close(ends[1]) }
        defer { if capturing { close(ends[0]) } }
        guard failure == 0 else { return Outcome(exitCode: 127, output: "") }
        let output = capturing ? readToEnd(ends[0]) : ""
        var status: Int32 = 0
        while unsafe waitpid(pid, &status, 0) == -1 && errno == EINTR {}
        // wait(2): the signal in the low 7 bits, the exit code in the second byte.
        let signal = status & 0x7F
        return Outcome(exitCode: signal == 0 ? (status >> 8) & 0xFF : 128 + signal, output: output)
    }

    private static func readToEnd(_ descriptor: Int32) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = unsafe read(descriptor, &buffer, buffer.count)
            if count == -1 && errno == EINTR { continue }
            if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }
}
