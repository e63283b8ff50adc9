import AlmanacAPI
import AlmanacTesting
import FoundationEssentials
import Glibc

extension DaemonProcess {
    /// The TCP port that it listens on.
    var port: UInt16 {
        let info = try? JSONDecoder().decode(DaemonInfo.self, from: Data(get("/api/info").body.utf8))
        return UInt16(info?.port ?? 0)
    }

    /// Makes a token with the CLI.
    func makeToken(_ name: String, _ scope: String, _ more: String...) -> String {
        let arguments = [BuiltProgram.path("almanac"), "token", "create", name, "--scope", scope] + more
        let outcome = ChildProcess.run(arguments, environment: ["ALMANAC_SOCKET": socketPath])
        return outcome?.standardOutput.split(separator: "\n").first.map(String.init) ?? ""
    }

    /// Asks over TCP, and answers with the status alone; 0 for none.
    func status(
        _ method: String,
        _ path: String,
        token: String? = nil,
        port: UInt16,
        _ fields: [String] = [],
        host: String? = nil
    ) -> Int {
        let credentials = token.map { ["Authorization: Bearer \($0)"] } ?? []
        let head = ["\(method) \(path) HTTP/1.1", "Host: \(host ?? "127.0.0.1:\(port)")", "Connection: close"]
        let text = (head + credentials + fields).joined(separator: "\r\n") + "\r\n\r\n"
        let answer = TCPSocket.exchange(text, port: port) ?? ""
        return answer.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    }

    /// What the audit holds, newest first.
    var auditEntries: [AuditRecord] {
        let page = try? JSONDecoder().decode(AuditPage.self, from: Data(get("/api/audit?limit=1000").body.utf8))
        return page?.entries ?? []
    }

    /// The memory of its own, in KiB: RssAnon of /proc/PID/status.
    var anonymousMemory: Int {
        let text = String(decoding: TemporaryFolder.read("/proc/\(child.pid)/status") ?? [], as: UTF8.self)
        let line = text.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
    }
}
