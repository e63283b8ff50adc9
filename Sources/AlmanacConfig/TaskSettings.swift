import AlmanacCalendar
import AlmanacModel

/// The settings of a task that `[defaults]` can give to all of them.
struct TaskSettings {
    var onOverlap = OverlapPolicy.queue
    var maxConcurrent = 1
    var queueMax = 100
    var timeout: Duration?
    var gracefulStop = Duration.seconds(5)
    var retry = RetryPolicy()
    var catchUp = CatchUpPolicy.latest
    var maxCatchUpRuns = 100
    var jitter = Duration.zero
    var keepRuns: Int?
    var keepFor: Duration?
    var gap = GapPolicy.run
    var fold = FoldPolicy.first
    /// Whether the hourly rule of `spec/occurrences.md` 3 holds.
    var hourly = true
    var mail = TaskMail()
    /// Its working folder and its identity aside: those hang on each other.
    var command = CommandSettings()
    /// As it was written; nil for the daemon's own.
    var workingFolder: String?

    /// Takes what a table says, be it a task's or `[defaults]`: a row for each key.
    mutating func read(from table: inout TableReader, files: ReferencedFiles, identities: IdentityLookup) {
        onOverlap = table.value("on_overlap", .choice, default: onOverlap)
        maxConcurrent = table.value("max_concurrent", .integer(in: 1...1024), default: maxConcurrent)
        queueMax = table.value("queue_max", .integer(in: 0...100_000), default: queueMax)
        timeout = table.optional("timeout", .duration) ?? timeout
        gracefulStop = table.value("graceful_stop", .durationOrZero, default: gracefulStop)
        retry.attempts = table.value("retry_attempts", .integer(in: 0...100), default: retry.attempts)
        retry.delay = table.value("retry_delay", .durationOrZero, default: retry.delay)
        retry.backoff = table.value("retry_backoff", .choice, default: retry.backoff)
        catchUp = table.value("catch_up", .choice, default: catchUp)
        maxCatchUpRuns = table.value("max_catch_up_runs", .integer(in: 1 ... .max), default: maxCatchUpRuns)
        jitter = table.value("jitter", .durationOrZero, default: jitter)
        keepRuns = table.optional("keep_runs", .integer(in: 1...1_000_000)) ?? keepRuns
        keepFor = table.optional("keep_for", .duration) ?? keepFor
        gap = table.value("dst_gap", .choice, default: gap)
        fold = table.value("dst_fold", .choice, default: fold)
        hourly = table.value("dst_hourly", .boolean, default: hourly)
        mail.read(from: &table)
        command.logMaxSize = table.optional("log_max_size", .size) ?? command.logMaxSize
        command.logOnFull = table.value("log_on_full", .choice, default: command.logOnFull)
        command.limits.memoryMax = table.optional("memory_max", .size) ?? command.limits.memoryMax
        command.limits.cpuWeight = table.optional("cpu_weight", .integer(in: 1...10_000)) ?? command.limits.cpuWeight
        command.limits.tasksMax = table.optional("tasks_max", .integer(in: 1...4_000_000)) ?? command.limits.tasksMax
        command.shell = table.optional("shell", .shell) ?? command.shell
        workingFolder = table.optional("working_dir", .path) ?? workingFolder
        command.umask = table.value("umask", .umask, default: command.umask)
        command.nice = table.optional("nice", .integer(in: -20...19)).map { Int32($0) } ?? command.nice
        command.stopSignal = table.value("stop_signal", .stopSignal, default: command.stopSignal)
        command.conventions = table.value("conventions", .choice, default: command.conventions)
        command.environmentBase = table.value("env_base", .choice, default: command.environmentBase)
        if command.conventions == .cron, table.contains("env_base") {
            table.report(
                "it means nothing beside conventions = \"cron\", by which a command gets the environment that cron gives; remove the key",
                key: "env_base"
            )
        }
        readExitCodes(from: &table)
        readLogTargets(from: &table)
        readIdentity(from: &table, identities)
        readVariables(from: &table, files)
    }

    private mutating func readExitCodes(from table: inout TableReader) {
        let expectation = "an array of exit codes such as [0, 2]"
        guard let codes = table.array("exit_codes", of: .integer(in: 0...255), expecting: expectation) else { return }
        if codes.isEmpty { table.report("expected one exit code or more, found an empty array", key: "exit_codes") }
        command.successExitCodes = Set(codes.map { Int32($0) })
    }

    private mutating func readLogTargets(from table: inout TableReader) {
        let expectation = #"["file"] or ["file", "journal"]"#
        guard let targets = table.array("log_to", of: .choice, expecting: expectation) as [CommandSettings.LogTarget]?
        else { return }
        if !targets.contains(.file) {
            let advice = "the file is the record of what a run printed, and always among them"
            table.report("expected \(expectation), found no \"file\": \(advice)", key: "log_to")
        }
        command.logTargets = Set(targets)
    }

    private mutating func readIdentity(from table: inout TableReader, _ identities: IdentityLookup) {
        guard let user = table.optional("user", .user) else { return }
        do throws(IdentityLookup.Fault) {
            command.identity = try identities.identity(for: user)
        } catch {
            table.report(error.message, key: "user")
        }
    }

    /// Reads files and tables of variables; each takes the place of what has been read before, a table that of its file.
    private mutating func readVariables(from table: inout TableReader, _ files: ReferencedFiles) {
        let hasOwn = ["env", "env_file", "secrets", "secrets_file"].contains { table.contains($0) }
        if let path = table.optional("env_file", .path) {
            command.environmentFile = path
            let variables = Self.variables(inFile: path, key: "env_file", &table, files)
            command.fileEnvironment.merge(variables) { $1 }
            for name in variables.keys { command.environment[name] = nil }
        }
        if let variables = table.variables("env") {
            command.environment.merge(variables) { $1 }
            for name in variables.keys { command.fileEnvironment[name] = nil }
        }
        if let path = table.optional("secrets_file", .path) {
            command.secretsFile = path
            command.secrets.merge(Self.variables(inFile: path, key: "secrets_file", &table, files)) { $1 }
        }
        if let variables = table.variables("secrets", areSecret: true) { command.secrets.merge(variables) { $1 } }

        let count = command.environment.count + command.fileEnvironment.count + command.secrets.count
        if hasOwn, count > VariableName.maximumCount {
            table.report(
                "its variables and secrets, with those of [defaults], are \(count); expected at most "
                    + "\(VariableName.maximumCount)"
            )
        }
    }

    private static func variables(
        inFile path: String,
        key: String,
        _ table: inout TableReader,
        _ files: ReferencedFiles
    ) -> [String: String] {
        do throws(ReferencedFiles.Fault) {
            let file = try files.dotenv(at: path)
            for fault in file.faults {
                table.report("line \(fault.line) of \(Quotation(path)): \(fault.message)", key: key)
            }
            return file.variables
        } catch {
            table.report("\(Quotation(path)): \(error.message)", key: key)
            return [:]
        }
    }
}
