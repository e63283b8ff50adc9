import AlmanacCalendar
import AlmanacConfig
import AlmanacLinux
import AlmanacModel
import Glibc

/// The `@reboot` lines of crontabs: they are run once a boot, at the first start of the daemon in it.
///
/// As with cron, lines that come later wait for the next boot. The cursor that says that a boot's have been run moves in
/// the same transaction as their runs are made. Debian's cron has a mark of its own, a file: where it is there, cron has run
/// those that are its own too; where it is not, the daemon makes it, so that a cron that is started later does not run them again.
struct RebootLines {
    /// Of the data folder: whose mark it is.
    let fingerprint: String
    let bootID: String
    let markPath: String

    /// Who has made cron's mark, or is about to run the lines since it has.
    enum Mark {
        case own, others
    }

    /// Whether this boot has been settled.
    func areSettled(by cursors: [ScheduleCursor]) -> Bool {
        cursors.contains { $0.bootID == bootID }
    }

    /// The cursor to move with the making of the runs.
    func cursor(at now: Timestamp) -> ScheduleCursor {
        ScheduleCursor(bootID: bootID, settledThrough: now)
    }

    /// The lines to run at the first start in a boot.
    ///
    /// - Parameters:
    ///   - tasks: all that are in force.
    ///   - hold: why those are held that are cron's too; nil where they are not.
    func tasksToRun(of tasks: [TaskDefinition], mark: Mark?, hold: String?) -> [TaskDefinition] {
        let areCronsDone =
            switch mark {
            // This daemon died before it could make the runs, and nobody else has made them since.
            case .own: false
            case .others: true
            case nil: hold != nil
            }
        let lines = tasks.filter { $0.crontabLine != nil && $0.schedule?.isReboot == true }
        guard areCronsDone else { return lines }
        let files = lines.cronsOwnFiles
        return lines.filter { task in task.crontabLine.map { !files.contains($0.file) } == true }
    }

    /// Who has made the mark; nil where nobody has.
    var mark: Mark? {
        guard unsafe access(markPath, F_OK) == 0 else { return nil }
        return (beginning(ofFile: markPath) ?? []).elementsEqual(ownText.utf8) ? .own : .others
    }

    /// Makes the mark where there is none, whole or not at all.
    ///
    /// Whoever dies afterwards and before the runs are made knows it again by its text.
    func makeMark() throws(SystemError) {
        let draft = "\(markPath).\(getpid())"
        let descriptor = OwnedDescriptor(
            try SystemError.check("open", subject: draft) {
                unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
            }
        )
        defer { unsafe unlink(draft) }
        let text = ownText
        try SystemError.check("write", subject: draft) {
            unsafe write(descriptor.number, text, text.utf8.count)
        }
        // Not over cron's own, should it have come meanwhile.
        guard unsafe link(draft, markPath) == -1, errno != EEXIST else { return }
        throw SystemError("link", subject: markPath)
    }

    private var ownText: String { "almanac \(fingerprint)\n" }
}
