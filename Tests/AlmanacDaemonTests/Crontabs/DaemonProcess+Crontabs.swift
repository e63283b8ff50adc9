import AlmanacAPI
import AlmanacTesting
import FoundationEssentials
import Glibc
import Testing

extension DaemonProcess {
    /// A daemon that runs crontabs with a user column: the file `crontab` and the folder `cron.d`, both in its own folder.
    ///
    /// - Parameters:
    ///   - crontab: the file's lines; nil for no file.
    ///   - configuration: what else almanac.toml says.
    convenience init(
        crontab: String?,
        configuration: String = "",
        in folder: TemporaryFolder = TemporaryFolder(),
        environment: [String: String] = [:],
        prefix: [String] = []
    ) {
        if let crontab { folder.writeCrontab(crontab, to: "crontab") }
        _ = unsafe mkdir(folder.file("cron.d"), 0o755)
        self.init(
            "[cron]\ninclude = [\"\(folder.file("crontab"))\", \"\(folder.file("cron.d"))\"]\n\(configuration)",
            in: folder,
            environment: environment,
            prefix: prefix
        )
    }

    var tasks: [TaskResource] {
        (try? JSONDecoder().decode([TaskResource].self, from: Data(get("/api/tasks").body.utf8))) ?? []
    }

    /// The tasks that are lines of crontabs, each with its schedule and the number of its line.
    var crontabLines: [String] {
        tasks.filter { $0.crontabFile != nil }
            .map { task in
                let file = task.crontabFile.map { $0.split(separator: "/").last.map(String.init) ?? $0 } ?? ""
                return "\(file):\(task.crontabLine ?? 0) \(task.cron ?? "none")"
            }
            .sorted()
    }

    /// The lines of its log so far that hold a text.
    func logged(_ text: String) -> [Substring] {
        child.standardError.split(separator: "\n").filter { $0.contains(text) }
    }
}

extension TemporaryFolder {
    /// Puts a crontab in place as `crontab -e` does: written under another name, then renamed.
    func writeCrontab(_ text: String, to name: String) {
        let new = write(text, to: "new-crontab")
        precondition(unsafe chmod(new, 0o644) == 0, "chmod: errno \(errno)")
        precondition(unsafe rename(new, file(name)) == 0, "rename: errno \(errno)")
    }
}

extension Trait where Self == ConditionTrait {
    /// Crontabs with a user column are root's to run.
    static var asRoot: Self {
        .enabled(if: geteuid() == 0, "crontabs with a user column are run by root's daemon alone")
    }
}
