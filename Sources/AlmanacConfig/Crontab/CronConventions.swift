import AlmanacModel

extension CommandSettings {
    /// Takes from the environment what cron takes from it: the shell of SHELL, the working folder of HOME, the headers of a mail.
    ///
    /// - Parameter home: the home folder of the command's user; nil where nobody knows it.
    mutating func followCron(home: String?) {
        conventions = .cron
        if shell == nil, let own = variable("SHELL"), own != "/bin/sh" { shell = own }
        if workingDirectory == nil { workingDirectory = (variable("HOME") ?? home).map(Self.folder) }
        let (type, encoding) = (variable("CONTENT_TYPE"), variable("CONTENT_TRANSFER_ENCODING"))
        mail?.contentType = type
        mail?.contentTransferEncoding = encoding
    }

    private func variable(_ name: String) -> String? {
        environment[name] ?? fileEnvironment[name]
    }

    /// Where chdir(2) leads from cron's own folder.
    private static func folder(_ home: String) -> String {
        if home.hasPrefix("/") { return home }
        return home.isEmpty ? "/var/spool/cron" : "/var/spool/cron/\(home)"
    }
}
