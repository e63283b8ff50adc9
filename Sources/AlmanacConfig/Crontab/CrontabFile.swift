import Glibc

/// A crontab on disk, which is taken or refused by its owner, its mode and its links as Debian's cron does (database.c of 3.0pl1).
struct CrontabFile {
    enum Rules: Equatable {
        /// A system crontab: root's, and nobody else may write it; a link may lead to it that is root's too.
        case system
        /// One of `/var/spool/cron/crontabs`: the user's own or root's, mode 0600, no link.
        case spool(Account)
        /// A user's crontab in a place of its own: the user's own or root's, and nobody else may write it; no link, unless it is the daemon's own user's.
        case user(Account, mayBeLink: Bool)
    }

    /// Why a file is not taken: a sentence that does not name it; nil where it is not there.
    struct Refusal: Error, Equatable {
        let message: String?
    }

    /// The largest crontab that is read, in bytes.
    static let maximumSize = 16 << 20

    let path: String
    let rules: Rules

    /// Reads the file, whatever becomes of it meanwhile; a pipe or a device blocks nobody.
    func bytes() throws(Refusal) -> [UInt8] {
        guard !path.utf8.contains(0) else { throw Refusal(message: FileContents.Failure.nulInPath.message) }
        var link = stat()
        guard unsafe lstat(path, &link) == 0 else { throw Self.refusal(errno: errno) }
        let isLink = link.st_mode & S_IFMT == S_IFLNK
        try check(link, isLink: isLink)
        // The file may be another one by now: what counts is checked once more, of what has been opened.
        let flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK
        let descriptor = unsafe open(path, mayBeLink ? flags : flags | O_NOFOLLOW)
        // A link that leads nowhere is there all the same, and a link in a circle is one of those.
        guard descriptor >= 0 else { throw Self.refusal(errno: isLink && errno == ENOENT ? ELOOP : errno) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw Self.refusal(errno: errno) }
        try check(status)
        do throws(FileContents.Failure) {
            return try FileContents.bytes(of: descriptor, upTo: Self.maximumSize)
        } catch {
            throw Refusal(message: error.message)
        }
    }

    private var mayBeLink: Bool {
        switch rules {
        case .system: true
        case .spool: false
        case .user(_, let mayBeLink): mayBeLink
        }
    }

    /// What can be told without opening it.
    private func check(_ status: stat, isLink: Bool) throws(Refusal) {
        guard isLink else { return try checkKind(status) }
        guard mayBeLink else {
            throw Refusal(message: "found a symbolic link, and cron takes none here; put the file itself in its place")
        }
        if rules == .system, status.st_uid != 0 {
            throw Refusal(
                message: "the symbolic link belongs to user \(status.st_uid), expected root's; chown -h root it"
            )
        }
    }

    private func check(_ status: stat) throws(Refusal) {
        try checkKind(status)
        let mode = status.st_mode & 0o7777
        switch rules {
        case .system:
            guard status.st_uid == 0 else {
                throw Refusal(message: "the file belongs to user \(status.st_uid), expected root's; chown root it")
            }
            try checkWritable(mode, by: "root")
        case .spool(let account):
            try checkOwner(status, account)
            guard mode == 0o600 else {
                throw Refusal(message: "the mode of the file is \(Self.octal(mode)), expected 0600; chmod 600 it")
            }
        case .user(let account, _):
            try checkOwner(status, account)
            try checkWritable(mode, by: account.name)
        }
        guard status.st_nlink == 1 else {
            let message =
                status.st_nlink == 0
                ? nil : "the file has \(status.st_nlink) names (hard links), expected one; put a copy in its place"
            throw Refusal(message: message)
        }
    }

    private func checkKind(_ status: stat) throws(Refusal) {
        let found =
            switch status.st_mode & S_IFMT {
            case S_IFREG: nil as String?
            case S_IFDIR: "a directory"
            case S_IFIFO: "a pipe"
            case S_IFSOCK: "a socket"
            default: "a device"
            }
        if let found { throw Refusal(message: "expected a regular file, found \(found)") }
    }

    private func checkOwner(_ status: stat, _ account: Account) throws(Refusal) {
        guard status.st_uid == account.userID || status.st_uid == 0 else {
            throw Refusal(
                message:
                    "the file belongs to user \(status.st_uid), expected \(account.name)'s or root's; chown \(account.name) it"
            )
        }
    }

    private func checkWritable(_ mode: mode_t, by owner: String) throws(Refusal) {
        guard mode & 0o022 == 0 else {
            throw Refusal(
                message: "others than \(owner) may write the file (mode \(Self.octal(mode))); chmod go-w it"
            )
        }
    }

    private static func octal(_ mode: mode_t) -> String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    private static func refusal(errno: Int32) -> Refusal {
        switch errno {
        case ENOENT, ENOTDIR: Refusal(message: nil)
        case ELOOP: Refusal(message: "found a symbolic link that leads nowhere; put the file itself in its place")
        default: Refusal(message: FileContents.Failure.kernel(errno: errno).message)
        }
    }
}
