package import AlmanacModel
import AlmanacRunProtocol

/// The header of a mail, with the empty line behind it, and under Almanac's own conventions the facts of the run.
///
/// Whatever is in a name, an address or a command, it stays in its line.
package struct MailHead: Sendable {
    package let bytes: [UInt8]

    /// - Parameters:
    ///   - hostName: as gethostname(2) has it.
    ///   - charset: that of plain text under cron's conventions.
    package init(_ envelope: MailEnvelope, _ run: Run, _ end: RunEnd, hostName: String, charset: String) {
        let lines =
            switch envelope.conventions {
            case .cron: Self.cron(envelope, hostName: hostName, charset: charset)
            case .almanac: Self.almanac(envelope, end, hostName: hostName)
            }
        var text = lines.map { "\(Self.oneLine($0))\n" }.joined() + "\n"
        if envelope.conventions == .almanac { text += Self.facts(run, end) }
        bytes = Array(text.utf8)
    }

    /// The lines of cron(8) of Debian, in its order.
    private static func cron(_ envelope: MailEnvelope, hostName: String, charset: String) -> [String] {
        let mail = envelope.mail
        // Its first_word, which skips dots in front.
        let host = hostName.drop { $0 == "." }.prefix { $0 != "." }
        return [
            "From: \(mail.from ?? "root (Cron Daemon)")",
            "To: \(mail.to)",
            "Subject: Cron <\(envelope.userName)@\(host)> \(envelope.command)",
            "MIME-Version: 1.0",
            "Content-Type: \(mail.contentType ?? "text/plain; charset=\(charset)")",
            "Content-Transfer-Encoding: \(mail.contentTransferEncoding ?? "8bit")",
        ] + mail.cronEnvironment.map { "X-Cron-Env: <\($0)>" }
    }

    private static func almanac(_ envelope: MailEnvelope, _ end: RunEnd, hostName: String) -> [String] {
        let mail = envelope.mail
        let address = "\(envelope.userName)@\(hostName)"
        return [
            "From: \(mail.from ?? "Almanac <\(address)>")",
            "To: \(mail.to)",
            "Subject: Almanac <\(address)> \(envelope.taskName): \(outcome(end))",
            "MIME-Version: 1.0",
            "Content-Type: \(mail.contentType ?? "text/plain; charset=UTF-8")",
            "Content-Transfer-Encoding: \(mail.contentTransferEncoding ?? "8bit")",
            "Auto-Submitted: auto-generated",
        ]
    }

    /// `failed (exit code 2)`
    private static func outcome(_ end: RunEnd) -> String {
        let code = end.exitCode > 0 ? " (exit code \(end.exitCode))" : ""
        return "\(end.reason.rawValue)\(code)"
    }

    /// The run in a few lines, with an empty one behind them.
    private static func facts(_ run: Run, _ end: RunEnd) -> String {
        var facts = [("Task", run.taskName), ("Run", "\(run.id)")]
        facts.append(("Trigger", run.trigger.rawValue + (run.scheduled.map { ", for \($0.at)" } ?? "")))
        if let startedAt = end.startedAt { facts.append(("Started", "\(startedAt)")) }
        facts.append(("Ended", "\(end.at)"))
        facts.append(("Reason", outcome(end)))
        if let message = end.message { facts.append(("Message", message)) }
        return facts.map { name, value in
            "\(name):\(String(repeating: " ", count: 9 - name.count))\(oneLine(value))\n"
        }.joined() + "\n"
    }

    /// The text with a blank for each byte at which a mailer might end a line. Others are left as they are, for cron does so.
    private static func oneLine(_ text: String) -> String {
        guard text.utf8.contains(where: isLineEnd) else { return text }
        return String(decoding: text.utf8.map { isLineEnd($0) ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") || byte == 0
    }
}
