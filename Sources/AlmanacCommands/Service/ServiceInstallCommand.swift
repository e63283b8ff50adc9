import AlmanacDaemon
import ArgumentParser
import Glibc

/// `almanac service install`: writes the units, and starts the daemon under them.
struct ServiceInstallCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install",
        abstract: "Write the units of the service, and start it now and at every boot.",
        discussion: """
            Doing it again brings the files of an earlier version up to date. A file that has been changed by hand is not \
            touched: changes belong into a drop-in (systemctl edit almanac).
            """
    )

    @Flag(help: "For yourself, under your own systemd, instead of for the system.")
    var user = false

    @Flag(help: "Run as the user 'almanac' in a sandbox, and the jobs too, instead of as root.")
    var unprivileged = false

    @Flag(name: .customLong("print"), help: "Print the files and the commands that put them in force; change nothing.")
    var isPrinting = false

    @Flag(help: "Print a line of JSON for each step; with --print one object.")
    var json = false

    func validate() throws {
        if user && unprivileged {
            throw ValidationError(
                "--user and --unprivileged exclude each other: a user's service has that user's rights."
            )
        }
    }

    private var variant: ServiceVariant { user ? .user : unprivileged ? .unprivileged : .system }

    func run() throws {
        let environment = Machine.current().environment
        let program = try Self.program(for: variant)
        if isPrinting {
            let folders = user ? try SystemdControl.userFolders(environment) : .system
            return try printPlan(variant.files(program: program, in: folders))
        }
        let systemd = try SystemdControl(isUser: user, environment: environment, userID: geteuid())
        guard user || geteuid() == 0 else {
            throw CommandFailure(
                "the system's service takes root to install: sudo almanac service install; --user installs one for yourself"
            )
        }
        try ServiceInstallation(variant: variant, program: program, systemd: systemd, report: StepReport(json: json))
            .install()
    }

    /// What `--print --json` prints.
    private struct Plan: Encodable {
        struct File: Encodable {
            let path: String
            let contents: String
        }

        let files: [File]
        /// What is run once the files are in place, in this order.
        let commands: [String]
    }

    private func printPlan(_ files: [ServiceFile]) throws {
        let commands = commands(files)
        if json {
            let files = files.map { Plan.File(path: $0.path, contents: $0.contents) }
            return try StepReport(json: true).print(Plan(files: files, commands: commands))
        }
        var output = OutputBuffer(descriptor: STDOUT_FILENO)
        for file in files {
            output.appendLine("# \(file.path)")
            output.append(file.contents)
            output.appendLine()
        }
        output.appendLine("# Then:")
        for command in commands { output.appendLine("#   \(command)") }
        try output.flush()
    }

    private func commands(_ files: [ServiceFile]) -> [String] {
        let users = files.map(\.path).filter { $0.hasPrefix("/etc/sysusers.d/") }
        let folders = files.map(\.path).filter { $0.hasPrefix("/etc/tmpfiles.d/") }
        let systemctl = "systemctl\(user ? " --user" : "")"
        return users.map { "systemd-sysusers \($0)" } + folders.map { "systemd-tmpfiles --create \($0)" }
            + ["\(systemctl) daemon-reload", "\(systemctl) enable --now \(variant.units.joined(separator: " "))"]
    }

    /// The path of this program, as the units are to name it.
    ///
    /// - Throws: where a unit could not name it, where its supervisor is missing, or where the sandbox hides it.
    static func program(for variant: ServiceVariant) throws(CommandFailure) -> String {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        let path = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        do {
            _ = try supervisorPath()
        } catch {
            throw CommandFailure("\(error)")
        }
        if let fault = fault(ofProgramPath: path, for: variant) { throw CommandFailure(fault) }
        return path
    }

    /// Why a service cannot run a program where it is; nil where it can.
    static func fault(ofProgramPath path: String, for variant: ServiceVariant) -> String? {
        let isPlain = path.unicodeScalars.allSatisfy {
            $0.value > 0x20 && $0.value != 0x7F && !"\"'\\;$".unicodeScalars.contains($0)
        }
        guard path.hasPrefix("/"), isPlain else {
            return "a unit cannot name \(path.debugDescription): put the programs in a folder without blanks and quotes"
        }
        let hidden = ["/home/", "/root/", "/run/user/", "/tmp/", "/var/tmp/"].first { path.hasPrefix($0) }
        guard variant == .unprivileged, let hidden else { return nil }
        return "the unprivileged service does not see \(hidden), where \(path) is: put almanac into /usr/local/bin and "
            + "almanac-run into /usr/local/libexec/almanac, and install from there"
    }
}
