/// Which service is set up; each has files of its own.
enum ServiceVariant: String, CaseIterable {
    /// Runs as root, and jobs as any user.
    case system

    /// Runs as the user `almanac`, in a sandbox.
    case unprivileged

    /// Runs under the own systemd of whoever calls.
    case user

    /// The units, in the order in which they are started.
    var units: [String] {
        let sockets = self == .user ? ["almanac.socket"] : ["almanac.socket", "almanac-api.socket"]
        return sockets + ["almanac.service"]
    }

    /// The files, with the program where it is.
    ///
    /// - Parameters:
    ///   - program: the absolute path of `almanac`, without blanks and quotes.
    ///   - folders: where the files go.
    func files(program: String, in folders: ServiceFolders) -> [ServiceFile] {
        texts.map { name, text in
            // A percent sign in a unit begins a specifier.
            let escaped = program.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%%")
            let parts = text.split(separator: "/usr/bin/almanac", omittingEmptySubsequences: false)
            return ServiceFile(path: folders.path(of: name), text: parts.joined(separator: escaped))
        }
    }

    /// The text of each file as it is in `contrib/systemd`.
    var texts: [(name: String, text: String)] {
        switch self {
        case .system:
            [
                ("almanac.service", SystemUnitTexts.service),
                ("almanac.socket", SystemUnitTexts.socket),
                ("almanac-api.socket", SystemUnitTexts.apiSocket),
                ("tmpfiles.conf", SystemUnitTexts.tmpfiles),
            ]
        case .unprivileged:
            [
                ("almanac.service", UnprivilegedUnitTexts.service),
                ("almanac.socket", UnprivilegedUnitTexts.socket),
                ("almanac-api.socket", UnprivilegedUnitTexts.apiSocket),
                ("sysusers.conf", UnprivilegedUnitTexts.sysusers),
                ("tmpfiles.conf", UnprivilegedUnitTexts.tmpfiles),
            ]
        case .user:
            [
                ("almanac.service", UserUnitTexts.service),
                ("almanac.socket", UserUnitTexts.socket),
            ]
        }
    }
}

/// Where the files of a service go.
struct ServiceFolders: Equatable {
    /// The units of an administrator, or of a user.
    let units: String

    /// The configuration file that the units name.
    let config: String

    /// The data folder that the units name.
    let data: String

    /// The Unix socket that the units name.
    let socket: String

    static let system = ServiceFolders(
        units: "/etc/systemd/system",
        config: "/etc/almanac/almanac.toml",
        data: "/var/lib/almanac",
        socket: "/run/almanac/almanac.sock"
    )

    /// - Parameter environment: `HOME`, `XDG_CONFIG_HOME` and `XDG_RUNTIME_DIR` count, where they are absolute paths.
    static func user(environment: [String: String]) -> ServiceFolders? {
        func folder(_ name: String) -> String? { environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil } }
        guard let home = folder("HOME"), let runtime = folder("XDG_RUNTIME_DIR") else { return nil }
        let config = folder("XDG_CONFIG_HOME") ?? "\(home)/.config"
        return ServiceFolders(
            units: "\(config)/systemd/user",
            config: "\(config)/almanac/almanac.toml",
            data: "\(home)/.local/state/almanac",
            socket: "\(runtime)/almanac.sock"
        )
    }

    /// The path of a file by its name in `contrib/systemd`.
    func path(of name: String) -> String {
        switch name {
        case "sysusers.conf": "/etc/sysusers.d/almanac.conf"
        case "tmpfiles.conf": "/etc/tmpfiles.d/almanac.conf"
        default: "\(units)/\(name)"
        }
    }
}
