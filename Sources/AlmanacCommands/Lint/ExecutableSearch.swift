import Glibc

/// Looks for programs as a user would find them.
struct ExecutableSearch {
    struct User: Hashable {
        var userID: UInt32
        var groupIDs: [UInt32]
    }

    /// What a path leads to.
    enum Result: Hashable {
        /// A file that the user may run.
        case found
        /// A file that the user may not run.
        case notExecutable
        /// A folder that the user may not enter lies on the way.
        case unreachable
        case missing
        /// We may not look.
        case unknown
    }

    /// Looks at the modes, since the caller, root for one, has other rights than the user.
    static func look(at path: String, as user: User) -> Result {
        var folder = ""
        for component in path.split(separator: "/").dropLast() {
            folder += "/\(component)"
            guard let status = status(of: folder) else { return errno == EACCES ? .unknown : .missing }
            guard status.st_mode & S_IFMT == S_IFDIR else { return .missing }
            guard mayExecute(status, user, isFolder: true) else { return .unreachable }
        }
        guard let status = status(of: path) else { return errno == EACCES ? .unknown : .missing }
        guard status.st_mode & S_IFMT == S_IFREG else { return .notExecutable }
        return mayExecute(status, user, isFolder: false) ? .found : .notExecutable
    }

    private static func status(of path: String) -> stat? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status : nil
    }

    private static func mayExecute(_ status: stat, _ user: User, isFolder: Bool) -> Bool {
        if user.userID == 0 { return isFolder || status.st_mode & 0o111 != 0 }
        if status.st_uid == user.userID { return status.st_mode & 0o100 != 0 }
        if user.groupIDs.contains(status.st_gid) { return status.st_mode & 0o010 != 0 }
        return status.st_mode & 0o001 != 0
    }
}
