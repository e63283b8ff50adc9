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
        try ServiceInstallation(variant: variant, program: program, systemd: systemd).install()
    }

    private func printPlan(_ files: [ServiceFile]) throws {
        var output = OutputBuffer(descriptor: STDOUT_FILENO)
        for file in files {
            output.appendLine("# \(file.path)")
            output.append(file.contents)
            output.appendLine()
        }
        output.appendLine("# Then:")
        for file in files where file.path.hasPrefix("/etc/sysusers.d/") {
            output.appendLine("#   systemd-sysusers \(file.path)")
        }
        for file in files where file.path.hasPrefix("/etc/tmpfiles.d/") {
            output.appendLine("#   systemd-tmpfiles --create \(file.path)")
        }
        let systemctl = "systemctl\(user ? " --user" : "")"
        output.appendLine("#   \(systemctl) daemon-reload")
        output.appendLine("#   \(systemctl) enable --now \(variant.units.joined(separator: " "))")
        try output.flush()
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
