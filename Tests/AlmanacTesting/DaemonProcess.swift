import Glibc

/// A daemon of a test's own: the real program, on a configuration and a data folder in a temporary place.
package final class DaemonProcess: Sendable {
    package let folder: TemporaryFolder
    package let child: ChildProcess

    package var socketPath: String { folder.file("almanac.sock") }
    package var dataPath: String { folder.file("data") }

    /// Starts a daemon.
    ///
    /// - Parameters:
    ///   - folder: an earlier daemon's, to go on where it stopped.
    ///   - configuration: written to almanac.toml; nil to keep what is there.
    ///   - arguments: further ones of `almanac daemon`.
    package init(
        _ configuration: String?,
        in folder: TemporaryFolder = TemporaryFolder(),
        listen: [String] = [],
        arguments: [String] = [],
        environment: [String: String] = [:],
        prefix: [String] = []
    ) {
        self.folder = folder
        if let configuration { folder.write(configuration, to: "almanac.toml") }
        let addresses = ["unix:\(folder.file("almanac.sock"))"] + listen
        child = ChildProcess(
            prefix + [
                BuiltProgram.path("almanac"), "daemon", "--config", folder.file("almanac.toml"),
                "--data", folder.file("data"),
            ] + addresses.flatMap { ["--listen", $0] } + arguments,
            environment: environment,
            workingDirectory: folder.path
        )
    }

    /// Waits until it answers; false where it does not, or has ended.
    package func isReady(within seconds: Double = 30) -> Bool {
        eventually(within: seconds) { !child.isRunning || get("/health").body == "OK" } && child.isRunning
    }

    /// What a request was answered with.
    package struct Answer: Sendable {
        package let status: Int
        package let body: String
    }

    package func get(_ path: String) -> Answer { request("GET", path) }

    package func post(_ path: String, body: String? = nil) -> Answer { request("POST", path, body: body) }

    /// Asks the daemon over its Unix socket, with curl.
    package func request(_ method: String, _ path: String, body: String? = nil) -> Answer {
        var arguments = [
            "curl", "--silent", "--show-error", "--max-time", "60", "--unix-socket", socketPath,
            "--request", method, "--write-out", "\n%{http_code}",
        ]
        if let body { arguments += ["--header", "Content-Type: application/json", "--data-binary", body] }
        let outcome = ChildProcess.run(arguments + ["http://localhost\(path)"])
        let text = outcome?.standardOutput ?? ""
        guard let newline = text.lastIndex(of: "\n"), let status = Int(text[text.index(after: newline)...]) else {
            return Answer(status: 0, body: outcome?.standardError ?? "")
        }
        return Answer(status: status, body: String(text[..<newline]))
    }

    /// Runs a command of the CLI against it.
    package func almanac(_ arguments: String..., seconds: Double = 60) -> ChildProcess.Outcome? {
        ChildProcess.run(
            [BuiltProgram.path("almanac")] + arguments,
            environment: ["ALMANAC_SOCKET": socketPath, "TZ": "UTC"],
            seconds: seconds
        )
    }

    /// Kills it as a crash would, and waits until it is gone.
    package func kill() {
        child.send(SIGKILL)
        _ = child.wait()
    }

    /// Ends it with a signal; nil when it does not end in time.
    package func end(_ signal: Int32 = SIGTERM) -> ChildProcess.Outcome? {
        child.send(signal)
        return child.wait()
    }
}
