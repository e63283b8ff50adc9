import Glibc

/// The systemd that a service is set up under: the system's, or that of the user who calls.
struct SystemdControl {
    let isUser: Bool
    let folders: ServiceFolders

    /// - Throws: where there is no such systemd.
    init(isUser: Bool, environment: [String: String], userID: UInt32) throws(CommandFailure) {
        self.isUser = isUser
        guard isUser else {
            folders = .system
            guard LocalFile.exists("/run/systemd/system") else {
                throw CommandFailure(
                    "systemd does not run this machine, so that there is no service to look after; start 'almanac daemon' "
                        + "from whatever does"
                )
            }
            return
        }
        guard userID != 0 else {
            throw CommandFailure("--user is for ordinary users; root's service is the system's: leave --user out")
        }
        folders = try Self.userFolders(environment)
        let socket = "\(environment["XDG_RUNTIME_DIR"] ?? "")/systemd/private"
        guard LocalFile.exists(socket) else {
            throw CommandFailure(
                "no systemd of user \(userID) is running: there is no \(socket); log in, or let root start one with "
                    + "'loginctl enable-linger'"
            )
        }
    }

    /// Where a user's files go; asks nothing of systemd.
    static func userFolders(_ environment: [String: String]) throws(CommandFailure) -> ServiceFolders {
        guard let folders = ServiceFolders.user(environment: environment) else {
            throw CommandFailure("--user needs HOME and XDG_RUNTIME_DIR, as a login sets them; both are absolute paths")
        }
        return folders
    }

    /// Runs `systemctl`; its errors go to standard error.
    ///
    /// - Throws: where it fails.
    func systemctl(_ arguments: [String]) throws(CommandFailure) {
        let command = ["systemctl"] + (isUser ? ["--user"] : []) + arguments
        let exitCode = SystemTool.run(command).exitCode
        guard exitCode == 0 else {
            throw CommandFailure("'\(command.joined(separator: " "))' ended with exit code \(exitCode)")
        }
    }

    /// What systemd says of a unit: the properties by their names.
    func properties(of unit: String) -> [String: String] {
        let command = ["systemctl"] + (isUser ? ["--user"] : []) + ["show", unit]
        var properties: [String: String] = [:]
        for line in SystemTool.run(command, capturing: true).output.split(separator: "\n") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            let (name, value) = (String(line[..<equals]), String(line[line.index(after: equals)...]))
            // A socket unit has a Listen for each of its sockets.
            properties[name] = properties[name].map { "\($0), \(value)" } ?? value
        }
        return properties
    }

    /// How to read what a unit has told.
    var journalCommand: String { isUser ? "journalctl --user -u almanac" : "journalctl -u almanac" }
}
