import AlmanacAPI
import AlmanacDaemon
import ArgumentParser
import Glibc

/// `almanac service status`: what is installed, and what of it runs.
struct ServiceStatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the service's units, sockets and versions; the exit code is 1 where the daemon is not running."
    )

    @Flag(help: "Your own service, instead of the system's.")
    var user = false

    @Flag(help: "Print one object of JSON.")
    var json = false

    func run() throws {
        let machine = Machine.current()
        let systemd = try SystemdControl(isUser: user, environment: machine.environment, userID: geteuid())
        let units = (user ? ServiceVariant.user : .system).units.reversed().map {
            UnitStatus(name: $0, properties: systemd.properties(of: $0))
        }
        if json {
            try StepReport(json: true).print(report(units, systemd))
            guard units[0].isActive else { throw CommandFailure.silent(status: ExitStatus.failure) }
            return
        }
        var output = OutputBuffer(descriptor: STDOUT_FILENO)
        var table = Table(.init("UNIT"), .init("AT BOOT"), .init("NOW"), .init("WRITTEN"), .init("FILE"))
        for unit in units {
            table.add(
                .init(unit.name, .bold),
                .init(unit["UnitFileState"]),
                .init(unit.now, unit.isActive ? .green : .yellow),
                .init(unit.origin),
                .init(unit["FragmentPath"])
            )
        }
        table.print(into: &output, colour: Colour(descriptor: STDOUT_FILENO, environment: machine.environment))
        output.appendLine()
        for line in lines(units, systemd) { output.appendLine(line.printable) }
        try output.flush()
        guard units[0].isActive else { throw CommandFailure.silent(status: ExitStatus.failure) }
    }

    private func report(_ units: [UnitStatus], _ systemd: SystemdControl) -> ServiceReport {
        ServiceReport(
            active: units[0].isActive,
            daemonVersion: units[0].isActive ? runningVersion(systemd) : nil,
            programVersion: AlmanacVersion.current,
            remarks: lines(units, systemd),
            units: units.map { unit in
                ServiceReport.Unit(
                    name: unit.name,
                    atBoot: unit["UnitFileState"],
                    state: unit["ActiveState"],
                    file: unit["FragmentPath"],
                    writtenBy: unit.origin
                )
            }
        )
    }

    private func lines(_ units: [UnitStatus], _ systemd: SystemdControl) -> [String] {
        var lines: [String] = []
        if units[0].isActive {
            let version = runningVersion(systemd).map { "version \($0), " } ?? ""
            let user = units[0]["User"].isEmpty ? "" : ", as \(units[0]["User"])"
            let status = units[0]["StatusText"].isEmpty ? "" : ": \(units[0]["StatusText"])"
            lines.append("daemon: \(version)process \(units[0]["MainPID"])\(user)\(status)")
        } else if units[0]["Result"] != "success" && !units[0]["Result"].isEmpty {
            lines.append("daemon: failed (\(units[0]["Result"])), see '\(systemd.journalCommand)'")
        }
        lines.append("this program: version \(AlmanacVersion.current)")
        for unit in units where unit.isActive && !unit["Listen"].isEmpty {
            lines.append("socket \(unit["FileDescriptorName"]): \(unit["Listen"])")
        }
        for unit in units where !unit["DropInPaths"].isEmpty {
            lines.append("drop-ins of \(unit.name): \(unit["DropInPaths"])")
        }
        if units.contains(where: { $0["NeedDaemonReload"] == "yes" }) {
            lines.append("units have changed since systemd read them: systemctl \(user ? "--user " : "")daemon-reload")
        }
        return lines
    }

    /// The version of the daemon that answers; nil where none does, or none that answers us.
    private func runningVersion(_ systemd: SystemdControl) -> String? {
        let socket = systemd.folders.socket
        return try? waitForTask {
            try await DaemonClient.withClient(socket: socket) { try await $0.get(APIPath("info"), as: DaemonInfo.self) }
        }.value.version
    }
}

/// What `almanac service status --json` prints.
private struct ServiceReport: Encodable {
    struct Unit: Encodable {
        let name: String
        let atBoot: String
        let state: String
        let file: String
        let writtenBy: String

        enum CodingKeys: String, CodingKey {
            case name, state, file
            case atBoot = "at_boot"
            case writtenBy = "written_by"
        }
    }

    /// Whether the daemon runs.
    let active: Bool
    /// That of the daemon that answers.
    let daemonVersion: String?
    let programVersion: String
    /// The lines below the table, for people.
    let remarks: [String]
    let units: [Unit]

    enum CodingKeys: String, CodingKey {
        case active, remarks, units
        case daemonVersion = "daemon_version"
        case programVersion = "program_version"
    }
}

/// A unit as systemd and its file show it.
private struct UnitStatus {
    let name: String
    let properties: [String: String]

    subscript(property: String) -> String { properties[property] ?? "" }

    var isActive: Bool { self["ActiveState"] == "active" || self["ActiveState"] == "reloading" }

    var now: String {
        self["LoadState"] == "not-found" ? "not installed" : "\(self["ActiveState"]) (\(self["SubState"]))"
    }

    /// Who has written its file.
    var origin: String {
        guard let contents = try? LocalFile.read(self["FragmentPath"]) else { return "" }
        guard ServiceFile.isIntact(contents) else { return "otherwise, or changed" }
        // The version is the word after the signature.
        return "by \(contents.dropFirst(ServiceFile.signature.count).prefix { $0 != ";" && $0 != " " })"
    }
}
