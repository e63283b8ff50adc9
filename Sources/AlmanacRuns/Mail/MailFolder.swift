package import AlmanacLinux
package import AlmanacRunProtocol
import Glibc

/// The folder of one mail, `DATA/mail/RUN`: the envelope, the message, and all that `almanac-run` keeps while it runs sendmail.
package struct MailFolder: Hashable, Sendable {
    package let runID: String
    /// As the supervisor of sendmail sees it.
    package let run: RunFolder

    package init(dataFolder: String, runID: String) {
        self.runID = runID
        run = RunFolder(path: "\(dataFolder)/mail/\(runID)")
    }

    /// What sendmail reads.
    package var messagePath: String { "\(run.path)/message" }

    /// The run's log under a second name, in two parts as there, so that its removal does not take it from here.
    var outputPath: String { "\(run.path)/output" }
    var olderOutputPath: String { "\(run.path)/output.old" }

    /// Gives the log of a run its second name. Where the file system has no second names, it stays at its first.
    package func link(logOf run: RunFolder) {
        _ = unsafe Glibc.link(run.logPath, outputPath)
        _ = unsafe Glibc.link(run.olderLogPath, olderOutputPath)
    }

    /// The log of the run.
    func openLog(of run: RunFolder) throws(SystemError) -> LogParts {
        let log = try LogParts.open(outputPath, older: olderOutputPath)
        return log.size > 0 ? log : try LogParts.open(run)
    }

    /// The bytes of that log.
    package func log(of run: RunFolder) throws(SystemError) -> [UInt8] {
        let log = try openLog(of: run)
        var bytes: [UInt8] = []
        while let chunk = try log.read(at: bytes.count) { bytes += chunk }
        return bytes
    }

    /// Removes the mail, sent or not. The envelope goes first: what a death of the machine may leave of the others is nothing to do.
    package func remove() throws(SystemError) {
        if unsafe unlink(MailEnvelope.path(in: run)) != 0 && errno != ENOENT {
            throw SystemError("unlink", subject: MailEnvelope.path(in: run))
        }
        try run.remove()
    }

    /// Where the supervisors of cron's jobs make known that the command has ended while the run goes on: a file for each, by the run's id,
    /// which stays until the run has ended.
    static func commandEnds(in dataFolder: String) -> String { "\(dataFolder)/mail/.ended" }

    /// The ids of all runs that there is a folder for.
    static func all(in dataFolder: String) -> [String] { names(in: "\(dataFolder)/mail") }

    /// The names in a folder that do not begin with a dot.
    static func names(in path: String) -> [String] {
        guard let folder = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }
}
