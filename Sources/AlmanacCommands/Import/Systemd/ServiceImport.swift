/// What a service of systemd makes of the keys of a task.
struct ServiceImport {
    private let unit: UnitFile
    private let specifiers: UnitSpecifiers
    /// Whether a file is there that `env_file` can name.
    private let hasFile: (String) -> Bool
    private(set) var keys: [ImportedTask.Key] = []
    private(set) var account: ImportAccount

    /// - Parameter hasFile: whether a path is a file that can be read.
    init(_ unit: UnitFile, account: ImportAccount, hasFile: @escaping (String) -> Bool) {
        self.unit = unit
        self.account = account
        self.hasFile = hasFile
        specifiers = UnitSpecifiers(unit: UnitName(unit.name))
        for setting in unit.keysInForce { read(setting) }
        readIdentity()
        readEnvironment()
        readCommand()
    }

    /// The order in which keys are written; `run` comes first.
    private static let order = [
        "run", "user", "working_dir", "env", "env_file", "umask", "nice", "timeout", "graceful_stop", "stop_signal",
        "exit_codes", "memory_max", "cpu_weight", "tasks_max", "log_to",
    ]

    /// The keys in the order in which they are written.
    var orderedKeys: [ImportedTask.Key] {
        Self.order.flatMap { name in keys.filter { $0.name == name } }
    }

    // MARK: One setting

    /// Takes a key that has one value; the others are read together.
    private mutating func read(_ first: UnitFile.Setting) {
        let setting = unit.last(first.section, first.key) ?? first
        switch (first.section, first.key) {
        case ("Service", "Type"): readType(setting)
        case ("Service", "WorkingDirectory"): readFolder(setting)
        case ("Service", "UMask"): readUmask(setting)
        case ("Service", "Nice"): readNumber(setting, "nice", in: -20...19)
        case ("Service", "CPUWeight"): readNumber(setting, "cpu_weight", in: 1...10_000)
        case ("Service", "TasksMax"):
            readLimit(setting, "tasks_max") { Int($0).flatMap { (1...4_000_000).contains($0) ? .integer($0) : nil } }
        case ("Service", "MemoryMax"): readLimit(setting, "memory_max", Self.size)
        case ("Service", "TimeoutStartSec"): readTimeout(setting, counts: isOneshot)
        case ("Service", "RuntimeMaxSec"): readTimeout(setting, counts: !isOneshot)
        case ("Service", "TimeoutStopSec"): readStopTimeout(setting)
        case ("Service", "TimeoutSec"):
            readTimeout(setting, counts: isOneshot)
            readStopTimeout(setting)
        case ("Service", "KillSignal"): readSignal(setting)
        case ("Service", "SuccessExitStatus"): readExitStatus()
        case ("Service", "StandardOutput"): readOutput(setting)
        case ("Service", let key) where Self.readTogether.contains(key): break
        case ("Unit", let key) where key.hasPrefix("Condition") || key.hasPrefix("Assert"): readConditions(key)
        case ("Unit", "Description"): break
        case (_, let key) where Self.idle.contains(key) || first.section == "Install":
            account.idle("\(key)=", in: unit.name)
        case ("Service", let key) where Self.isSandbox(key) && UnitFile.boolean(setting.value) == false:
            account.idle("\(key)=\(setting.value)", in: unit.name)
        case ("Service", "DynamicUser"): doubt("has no counterpart: name a user, or it runs as the daemon's", setting)
        default: doubt("has no counterpart here and is left out", setting)
        }
    }

    private static let readTogether: Set<String> = [
        "ExecStart", "ExecStartPre", "ExecStartPost", "User", "Group", "Environment", "EnvironmentFile",
    ]

    /// Keys on which nothing hangs for a command that a schedule starts.
    private static let idle: Set<String> = [
        "Documentation", "SyslogIdentifier", "DefaultDependencies", "TimeoutStartFailureMode", "RemainAfterExit",
        "CollectMode", "SourcePath", "StandardError",
    ]

    /// Whether a key takes something away from the command where it is true.
    private static func isSandbox(_ key: String) -> Bool {
        ["Private", "Protect", "Restrict", "Lock", "NoNewPrivileges", "MemoryDeny", "DynamicUser"].contains {
            key.hasPrefix($0)
        }
    }

    /// `Description=`, for the task's own.
    var description: String? {
        unit.last("Unit", "Description").map { specifiers.expanded($0.value).text }
    }

    private var isOneshot: Bool { unit.last("Service", "Type")?.value == "oneshot" }

    private mutating func set(_ key: String, _ value: TOMLText) {
        keys.removeAll { $0.name == key }
        keys.append(.init(name: key, value: value))
    }

    private mutating func doubt(_ message: String, _ setting: UnitFile.Setting) {
        account.doubt("\(setting.key)=\(setting.value) \(message)", at: setting.place)
    }

    /// The value with its specifiers replaced; those that are unknown are a doubt.
    private mutating func expanded(_ setting: UnitFile.Setting) -> String {
        let (text, unknown) = specifiers.expanded(setting.value)
        for specifier in unknown { doubt("has \(specifier), which hangs on the machine; write it out", setting) }
        return text
    }

    private mutating func readType(_ setting: UnitFile.Setting) {
        switch setting.value {
        case "oneshot", "simple", "exec", "idle": break
        default: doubt("is taken for a command that runs until its work is done", setting)
        }
    }

    private mutating func readFolder(_ setting: UnitFile.Setting) {
        var path = expanded(setting)
        if path.hasPrefix("-") {
            path.removeFirst()
            doubt("may be missing in systemd; here the run fails to start then", setting)
        }
        set("working_dir", .string(path))
    }

    private mutating func readUmask(_ setting: UnitFile.Setting) {
        guard let mask = UInt32(setting.value, radix: 8), mask <= 0o777 else { return doubt("is not a mask", setting) }
        let digits = String(mask, radix: 8)
        set("umask", .string(String(repeating: "0", count: 3 - digits.utf8.count) + digits))
    }

    private mutating func readNumber(_ setting: UnitFile.Setting, _ key: String, in range: ClosedRange<Int>) {
        guard let number = Int(setting.value), range.contains(number) else {
            return doubt("is not a number from \(range.lowerBound) to \(range.upperBound), and is left out", setting)
        }
        set(key, .integer(number))
    }

    /// A limit, or `infinity` for none.
    private mutating func readLimit(_ setting: UnitFile.Setting, _ key: String, _ read: (String) -> TOMLText?) {
        if setting.value == "infinity" { return }
        guard let value = read(setting.value) else { return doubt("cannot be said here, and is left out", setting) }
        set(key, value)
    }

    /// A size in systemd's units of 1024.
    private static func size(_ text: String) -> TOMLText? {
        let units: [(Character, String)] = [("K", "kib"), ("M", "mib"), ("G", "gib"), ("T", "tib")]
        if let number = Int64(text), number > 0 { return .string("\(number)b") }
        guard let last = text.last, let unit = units.first(where: { $0.0 == last })?.1,
            let number = Int64(text.dropLast()), number > 0
        else { return nil }
        return .string("\(number)\(unit)")
    }

    private mutating func readTimeout(_ setting: UnitFile.Setting, counts: Bool) {
        if setting.value == "infinity" { return }
        guard counts else {
            return account.note("\(setting.key)= sets no limit to a run of this service", at: setting.place)
        }
        guard let span = UnitTimeSpan.milliseconds(setting.value) else {
            return doubt("is not a span of time", setting)
        }
        if span > 0 { set("timeout", .string(UnitTimeSpan.text(milliseconds: span))) }
    }

    private mutating func readStopTimeout(_ setting: UnitFile.Setting) {
        guard setting.value != "infinity", let span = UnitTimeSpan.milliseconds(setting.value) else {
            return doubt("cannot be said here; a command that does not stop is killed after graceful_stop", setting)
        }
        set("graceful_stop", .string(UnitTimeSpan.text(milliseconds: span)))
    }

    private mutating func readSignal(_ setting: UnitFile.Setting) {
        let known = ["SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGKILL", "SIGUSR1", "SIGUSR2"]
        let name = setting.value.hasPrefix("SIG") ? setting.value : "SIG" + setting.value
        guard known.contains(name) else { return doubt("is no signal that stop_signal takes", setting) }
        set("stop_signal", .string(name))
    }

    /// systemd's names of exit codes, those of sysexits(3) and of the LSB.
    private static let exitCodes = [
        "SUCCESS": 0, "FAILURE": 1, "INVALIDARGUMENT": 2, "NOTIMPLEMENTED": 3, "NOPERMISSION": 4, "NOTINSTALLED": 5,
        "NOTCONFIGURED": 6, "NOTRUNNING": 7, "USAGE": 64, "DATAERR": 65, "NOINPUT": 66, "NOUSER": 67, "NOHOST": 68,
        "UNAVAILABLE": 69, "SOFTWARE": 70, "OSERR": 71, "OSFILE": 72, "CANTCREAT": 73, "IOERR": 74, "TEMPFAIL": 75,
        "PROTOCOL": 76, "NOPERM": 77, "CONFIG": 78,
    ]

    private mutating func readExitStatus() {
        var codes: Set<Int> = [0]
        for setting in unit.list("Service", "SuccessExitStatus") {
            for word in setting.value.split(separator: " ") {
                if let code = Int(word) ?? Self.exitCodes[String(word)], (0...255).contains(code) {
                    codes.insert(code)
                } else {
                    doubt("has \(word), which is no exit code; it counts as a failure here", setting)
                }
            }
        }
        set("exit_codes", .integers(codes.sorted()))
    }

    private mutating func readOutput(_ setting: UnitFile.Setting) {
        switch setting.value {
        case "journal", "inherit": set("log_to", .strings(["file", "journal"]))
        default: doubt("has no counterpart; the output goes to the run's log", setting)
        }
    }

    // MARK: Settings that are read together

    /// The commands in their order, and before them the conditions.
    private mutating func readCommand() {
        var steps = conditions
        for key in ["ExecStartPre", "ExecStart", "ExecStartPost"] {
            let settings = unit.list("Service", key)
            if key == "ExecStart", settings.isEmpty {
                account.doubt("there is no ExecStart=; the task does nothing", at: unit.name)
                steps.append("true")
            }
            for setting in settings {
                do throws(UnitWords.Fault) {
                    for command in try UnitCommand.commands(of: setting.value, specifiers: specifiers) {
                        for message in command.doubts { account.doubt("\(key)=: \(message)", at: setting.place) }
                        doubtSplitting(command, setting)
                        steps.append(command.text)
                    }
                } catch {
                    doubt("cannot be read: \(error.message); it is left out", setting)
                }
            }
        }
        if steps.count > 1 {
            steps = steps.map { $0.hasSuffix(" || true") ? "{ \($0); }" : $0 }
        }
        set("run", .command(steps.isEmpty ? "true" : steps.joined(separator: " &&\n")))
    }

    /// A variable that is split at blanks means the same to both where its value has nothing else in it.
    private mutating func doubtSplitting(_ command: UnitCommand, _ setting: UnitFile.Setting) {
        for name in command.splitVariables {
            let value = variables.first { $0.key == name }?.value
            if let value, !value.contains(where: { "*?[\"'\\$".contains($0) }) { continue }
            account.doubt(
                "\(setting.key)=: $\(name) is split at blanks in both, but the shell expands * and ? in it, and knows no quotes there",
                at: setting.place
            )
        }
    }

    /// The tests that stand for conditions.
    private var conditions: [String] = []

    private static let tests = [
        "ConditionPathExists": "-e", "ConditionPathIsDirectory": "-d", "ConditionPathIsSymbolicLink": "-L",
        "ConditionFileNotEmpty": "-s", "ConditionFileIsExecutable": "-x",
    ]

    private mutating func readConditions(_ key: String) {
        for setting in unit.list("Unit", key) {
            guard let test = Self.tests[key], !setting.value.hasPrefix("|") else {
                doubt("has no counterpart: the command runs whether or not it holds", setting)
                continue
            }
            let isNegated = setting.value.hasPrefix("!")
            let path = ShellQuoting.quoted(String(expanded(setting).drop { $0 == "!" }))
            conditions.append(isNegated ? "{ [ ! \(test) \(path) ] || exit 0; }" : "{ [ \(test) \(path) ] || exit 0; }")
            account.note("\(key)= became a test before the command", at: setting.place)
        }
    }

    private mutating func readIdentity() {
        let user = unit.last("Service", "User")
        let group = unit.last("Service", "Group")
        guard user != nil || group != nil else { return }
        let userName = user.map { expanded($0) } ?? "root"
        set("user", .string(group.map { "\(userName):\(expanded($0))" } ?? userName))
    }

    /// Those of `Environment=`.
    private var variables: [(key: String, value: String)] = []

    private mutating func readEnvironment() {
        for setting in unit.list("Service", "Environment") {
            do throws(UnitWords.Fault) {
                for word in try UnitWords.words(of: setting.value) {
                    let (text, unknown) = specifiers.expanded(word.text)
                    for specifier in unknown { doubt("has \(specifier), which hangs on the machine", setting) }
                    guard let equals = text.firstIndex(of: "="), UnitCommand.isName(text[..<equals]) else {
                        doubt("has a word that assigns no variable, and is left out", setting)
                        continue
                    }
                    let name = String(text[..<equals])
                    variables.removeAll { $0.key == name }
                    variables.append((name, String(text[text.index(after: equals)...])))
                }
            } catch {
                doubt("cannot be read: \(error.message); it is left out", setting)
            }
        }
        if !variables.isEmpty { set("env", .table(variables)) }

        for (index, setting) in unit.list("Service", "EnvironmentFile").enumerated() {
            var path = expanded(setting)
            let mayBeMissing = path.hasPrefix("-")
            if mayBeMissing { path.removeFirst() }
            if index > 0 {
                doubt("is one of several files; env_file takes one, so this one is left out", setting)
            } else if !hasFile(path) {
                doubt("names no file that can be read here, and is left out", setting)
            } else {
                if !variables.isEmpty {
                    doubt("counts more than Environment= in systemd, and less than env here", setting)
                }
                if mayBeMissing { doubt("may be missing in systemd; env_file has to be there", setting) }
                set("env_file", .string(path))
            }
        }
    }
}
