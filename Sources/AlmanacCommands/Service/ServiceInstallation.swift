import AlmanacDaemon
import Glibc

/// The steps of `almanac service install` and `uninstall`. Each tells on standard output what it has done.
struct ServiceInstallation {
    let variant: ServiceVariant
    let program: String
    let systemd: SystemdControl
    let report: StepReport

    private var files: [ServiceFile] { variant.files(program: program, in: systemd.folders) }

    /// Where a package puts the unit.
    private static let packagedUnits = [
        "/usr/lib/systemd/system/almanac.service", "/lib/systemd/system/almanac.service",
    ]

    func install() throws {
        if variant != .user, let packaged = Self.packagedUnits.first(where: { LocalFile.exists($0) }) {
            throw CommandFailure(
                "a package has brought \(packaged): enable that with 'systemctl enable --now \(variant.units.joined(separator: " "))'"
            )
        }
        let states = try files.map { ($0, try $0.state()) }
        let leftovers = try leftovers()
        let changed = (states + leftovers).filter { $0.1 == .changed }.map(\.0.path)
        guard changed.isEmpty else {
            throw CommandFailure(
                "\(changed.joined(separator: " and ")) \(changed.count == 1 ? "has" : "have") been changed by hand, and "
                    + "nothing has been done: keep the changes in a drop-in (systemctl edit almanac), remove the file, "
                    + "and install again"
            )
        }
        for (file, _) in leftovers {
            try LocalFile.remove(file.path)
            try say("removed \(file.path)")
        }
        for (file, state) in states {
            if state != .current { try LocalFile.write(file.contents, to: file.path) }
            try say("\(state == .current ? "unchanged" : state == .missing ? "wrote" : "renewed") \(file.path)")
        }
        try prepareSystem()
        if !LocalFile.exists(systemd.folders.config) {
            try LocalFile.write(Self.firstConfiguration, to: systemd.folders.config)
            try say("wrote \(systemd.folders.config), without tasks")
        }
        try start(afterChange: !leftovers.isEmpty || states.contains { $0.1 != .current })
    }

    /// Files of the system's other variant that this one has not.
    private func leftovers() throws -> [(ServiceFile, ServiceFile.State)] {
        guard variant == .system else { return [] }
        let wanted = files.map(\.path)
        return try ServiceVariant.unprivileged.files(program: program, in: systemd.folders)
            .filter { !wanted.contains($0.path) }
            .map { ($0, try $0.state()) }
            .filter { $0.1 != .missing }
    }

    /// Makes the user and the folders.
    private func prepareSystem() throws {
        for (tool, name) in [
            (["systemd-sysusers"], "sysusers.conf"), (["systemd-tmpfiles", "--create"], "tmpfiles.conf"),
        ]
        where variant.texts.contains(where: { $0.name == name }) {
            let command = tool + [systemd.folders.path(of: name)]
            let exitCode = SystemTool.run(command).exitCode
            guard exitCode == 0 else {
                throw CommandFailure("'\(command.joined(separator: " "))' ended with exit code \(exitCode)")
            }
        }
    }

    /// A service that runs is restarted where its files are others now, its runs go on; systemd takes a socket over from nobody.
    private func start(afterChange hasChanged: Bool) throws {
        try systemd.systemctl(["daemon-reload"])
        let units = variant.units
        let isComplete = units.allSatisfy { systemd.properties(of: $0)["ActiveState"] == "active" }
        // All at once, so that no request to a socket starts the service again.
        if hasChanged || !isComplete { try systemd.systemctl(["stop"] + units) }
        try systemd.systemctl(["--quiet", "enable"] + units)
        for unit in units {
            do {
                try systemd.systemctl(["start", unit])
            } catch {
                // What the daemon has said as it went down.
                let reason = systemd.properties(of: unit)["StatusText"] ?? ""
                throw CommandFailure(
                    "\(unit) does not start\(reason.isEmpty ? "" : ": \(reason)"); '\(systemd.journalCommand)' has more, and "
                        + "systemd goes on trying"
                )
            }
        }
        try say("started \(units.joined(separator: ", "))")
    }

    /// Takes away what `install` has brought, but for what people have made since.
    func uninstall() throws {
        let every: [ServiceVariant] = variant == .user ? [.user] : [.unprivileged, .system]
        var states: [String: ServiceFile.State] = [:]
        for file in every.flatMap({ $0.files(program: program, in: systemd.folders) })
        where states[file.path] != .current {
            states[file.path] = try file.state()
        }
        let found = states.filter { $0.value != .missing }.keys.sorted()
        guard !found.isEmpty else { return try say("nothing is installed in \(systemd.folders.units)") }
        let units = variant.units.filter { found.contains("\(systemd.folders.units)/\($0)") }
        if !units.isEmpty {
            try systemd.systemctl(["--quiet", "disable", "--now"] + units)
            try say("stopped \(units.joined(separator: ", "))")
        }
        for path in found where states[path] != .changed {
            try LocalFile.remove(path)
            try say("removed \(path)")
        }
        try systemd.systemctl(["daemon-reload"])
        if variant != .user { _ = unsafe rmdir("/run/almanac") }
        try sayWhatStays(found)
        let changed = found.filter { states[$0] == .changed }
        guard changed.isEmpty else {
            throw CommandFailure(
                "\(changed.joined(separator: " and ")) stays: it has been changed by hand; remove it if you do not need it"
            )
        }
    }

    private func sayWhatStays(_ removed: [String]) throws {
        let folders = systemd.folders
        let dropIns = variant.units.map { "\(folders.units)/\($0).d" }
        for path in [folders.config, folders.data] + dropIns where LocalFile.exists(path) { try say("kept \(path)") }
        if removed.contains(folders.path(of: "sysusers.conf")) { try say("kept the user almanac, whose the data are") }
        try say("commands that run go on to their ends; the next daemon on these data records them")
    }

    private func say(_ line: String) throws {
        try report.say(line)
    }

    static let firstConfiguration = """
        # What Almanac runs, and when. 'almanac check' reads this file over, 'almanac reload' puts it in force.
        #
        # [tasks.backup]
        # cron = "30 2 * * *"
        # run = "tar -czf /srv/backup/etc.tar.gz /etc"

        """
}
