import CLinux
import Glibc

/// The cgroup (version 2) that the service manager has delegated to this process, divided so that each run can have one of its own.
///
///     almanac.service             the delegated group, which holds no process itself
///     ├── daemon                  the daemon
///     └── runs
///         └── 01JQF6Z5K3W8...     a run: its supervisor
///             └── command         its command, and all that comes of it
///
/// A group whose children have controllers may hold no process (the rule of "no internal processes", cgroups(7)). A service manager before systemd 254
/// starts the next daemon in the delegated group itself, which the kernel then refuses: so whoever enables controllers has to see to it that
/// `releaseControllers` runs between two daemons, whatever the first one died of.
package struct DelegatedControlGroup: Hashable, Sendable {
    /// The folder of the delegated group, absolute.
    package let path: String
    /// The controllers that the groups of runs have: `cpu`, `memory`, `pids` or fewer.
    package private(set) var controllers: Set<String> = []

    /// Those that runs have a use for.
    private static let wanted = ["cpu", "memory", "pids"]

    /// What the groups of the runs lie in.
    package var runsPath: String { "\(path)/runs" }

    /// The delegated group that this process is in, or in a child of; nil where there is none.
    package static func find() -> DelegatedControlGroup? {
        guard let membership = text("/proc/self/cgroup"), let mounts = text("/proc/self/mountinfo"),
            var path = folder(membership: membership, mounts: mounts)
        else { return nil }
        if isDelegated(path) { return DelegatedControlGroup(path: path) }
        // The daemon's own child of it, or the one that systemd puts the commands of ExecStopPost into.
        guard let slash = path.lastIndex(of: "/"), ["daemon", ".control"].contains(path[path.index(after: slash)...])
        else { return nil }
        path = String(path[..<slash])
        return isDelegated(path) ? DelegatedControlGroup(path: path) : nil
    }

    /// Moves this process, and those that an earlier daemon has left in the delegated group itself, into its child `daemon`, and makes `runs`.
    ///
    /// - Parameter enablingControllers: whether runs get the controllers that are there.
    package mutating func divide(enablingControllers: Bool) throws(SystemError) {
        for folder in ["\(path)/daemon", runsPath] where unsafe mkdir(folder, 0o755) != 0 && errno != EEXIST {
            throw SystemError("mkdir", subject: folder)
        }
        // Those that fork meanwhile leave their children to the next round.
        for _ in 0..<100 {
            let processes = (Self.text("\(path)/cgroup.procs") ?? "").split(separator: "\n")
            if processes.isEmpty { break }
            for process in processes {
                do throws(SystemError) {
                    try Self.write(String(process), to: "\(path)/daemon/cgroup.procs")
                } catch  where error.errno == ESRCH {
                    continue
                }
            }
        }
        guard enablingControllers else { return }
        let available = Self.words("\(path)/cgroup.controllers")
        for controller in Self.wanted where available.contains(controller) {
            try Self.write("+\(controller)", to: "\(path)/cgroup.subtree_control")
            try Self.write("+\(controller)", to: "\(runsPath)/cgroup.subtree_control")
            controllers.insert(controller)
        }
    }

    /// Takes the controllers back, so that the delegated group may hold a process again. The limits of runs that go on are gone with them.
    package func releaseControllers() throws(SystemError) {
        for folder in [runsPath, path] {
            for controller in Self.words("\(folder)/cgroup.subtree_control") {
                try Self.write("-\(controller)", to: "\(folder)/cgroup.subtree_control")
            }
        }
    }

    /// Whether a controller is there for the delegated group, enabled or not.
    package func offers(_ controller: String) -> Bool {
        Self.words("\(path)/cgroup.controllers").contains(controller)
    }

    /// The names of the runs' groups that are there.
    package var runs: [String] {
        guard let folder = unsafe opendir(runsPath) else { return [] }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            guard unsafe entry.pointee.d_type == UInt8(DT_DIR) else { continue }
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }

    // MARK: Finding it

    /// The folder of the cgroup that `membership` (/proc/PID/cgroup) names, where `mounts` (/proc/PID/mountinfo) show the version 2 hierarchy.
    static func folder(membership: String, mounts: String) -> String? {
        guard let line = membership.split(separator: "\n").first(where: { $0.hasPrefix("0::/") }) else { return nil }
        let group = String(line.dropFirst("0::".count))
        for mount in mounts.split(separator: "\n") {
            let fields = mount.split(separator: " ")
            guard let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count, fields[dash + 1] == "cgroup2",
                dash >= 5
            else { continue }
            let root = fields[3] == "/" ? "" : String(fields[3])
            guard group == root || group.hasPrefix(root + "/") else { continue }
            let rest = group.dropFirst(root.count)
            return String(fields[4]) + (rest == "/" ? "" : String(rest))
        }
        return nil
    }

    /// systemd marks a group that it has delegated with an extended attribute: one for programs with privileges, one for all.
    private static func isDelegated(_ path: String) -> Bool {
        let isMarked = ["user.delegate", "trusted.delegate"].contains { name in
            var value: UInt8 = 0
            return unsafe getxattr(path, name, &value, 1) == 1 && value == UInt8(ascii: "1")
        }
        guard isMarked else { return false }
        return unsafe access(path, W_OK) == 0 && access("\(path)/cgroup.procs", W_OK) == 0
    }

    // MARK: Files

    private static func words(_ path: String) -> [String] {
        (text(path) ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
    }

    private static func text(_ path: String) -> String? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = unsafe read(file, &chunk, chunk.count)
            guard count > 0 else { return count == 0 ? String(decoding: bytes, as: UTF8.self) : nil }
            bytes += chunk[..<count]
        }
    }

    private static func write(_ text: String, to path: String) throws(SystemError) {
        let file = try SystemError.check("open", subject: path) { unsafe open(path, O_WRONLY | O_CLOEXEC) }
        defer { close(file) }
        var text = text
        try SystemError.check("write", subject: path) {
            text.withUTF8 { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
        }
    }
}
