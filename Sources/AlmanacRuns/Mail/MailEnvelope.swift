package import AlmanacModel
package import AlmanacRunProtocol

/// Who is told of a run's end by mail, and all of its task that the message needs.
///
/// Taken down when the run starts, in a folder of its own, so that neither a restart of the daemon nor another configuration changes it. For as long as
/// it is there, there is something to do.
package struct MailEnvelope: RunFile {
    package var runID: String
    package var taskName: String
    /// As cron shows it in the subject.
    package var command: String
    package var conventions: CommandSettings.Conventions
    package var mail: MailSettings
    /// Whose job it is.
    package var userName: String
    package var home: String
    /// Whom sendmail is run as; nil for the daemon's own user.
    package var identity: RunSpec.Identity?

    package init(_ run: Run, of task: TaskDefinition, mail: MailSettings, login: LoginSession) {
        runID = run.id.description
        taskName = task.name
        command = task.command
        conventions = task.settings.conventions
        self.mail = mail
        userName = task.settings.identity?.userName ?? login.userName
        home = task.settings.identity?.home ?? login.home
        identity = task.settings.identity.map { RunSpec.Identity($0) }
    }

    package static var format: String { "almanac-mail" }
    package static func path(in folder: RunFolder) -> String { "\(folder.path)/envelope" }

    package func encoded() -> [UInt8] {
        var records = RunRecords()
        records.append("run-id", runID)
        records.append("task", taskName)
        records.append("command", command)
        records.append("conventions", conventions.rawValue)
        records.append("to", mail.to)
        records.append("from", ifPresent: mail.from)
        records.append("on", mail.on.rawValue)
        records.append("content-type", ifPresent: mail.contentType)
        records.append("content-transfer-encoding", ifPresent: mail.contentTransferEncoding)
        for variable in mail.cronEnvironment { records.append("cron-env", variable) }
        records.append("user", userName)
        records.append("home", home)
        records.append("uid", ifPresent: identity?.userID)
        records.append("gid", ifPresent: identity?.groupID)
        for group in identity?.supplementaryGroupIDs ?? [] { records.append("group", group) }
        return records.encoded(format: Self.format, version: Self.version)
    }

    package init(decoding bytes: [UInt8]) throws(RunFormatError) {
        let records = try RunRecords(decoding: bytes, format: Self.format, version: Self.version)
        runID = try records.require(records.text("run-id"), "run-id")
        taskName = try records.require(records.text("task"), "task")
        command = try records.require(records.text("command"), "command")
        conventions = try records.choice("conventions")
        mail = MailSettings(
            to: try records.require(records.text("to"), "to"),
            from: records.text("from"),
            on: try records.choice("on"),
            contentType: records.text("content-type"),
            contentTransferEncoding: records.text("content-transfer-encoding"),
            cronEnvironment: records.values("cron-env").map { String(decoding: $0, as: UTF8.self) }
        )
        userName = try records.require(records.text("user"), "user")
        home = try records.require(records.text("home"), "home")
        if let userID: UInt32 = try records.integer("uid") {
            identity = RunSpec.Identity(
                userID: userID,
                groupID: try records.require(records.integer("gid"), "gid"),
                supplementaryGroupIDs: try records.integers("group")
            )
        }
    }
}

extension RunRecords {
    /// A word of a closed set.
    fileprivate func choice<Choice: RawRepresentable<String>>(_ key: String) throws(RunFormatError) -> Choice {
        let name = try require(text(key), key)
        guard let choice = Choice(rawValue: name) else { throw .invalid(field: key, value: name) }
        return choice
    }
}
