package import AlmanacCalendar
import AlmanacModel

/// Reads `almanac.toml`.
///
/// A file is taken whole or not at all: what is thrown names all of its faults at once, except that a file that
/// is not TOML has just the one at which the parser stopped.
package struct ConfigurationReader: Sendable {
    private let zones: @Sendable (ZoneID) throws -> ZoneRules
    private let systemZone: @Sendable () throws -> (rules: ZoneRules, warning: String?)
    private let host: ConfigurationHost
    private let certificateFault: CertificateCheck
    private let listenFault: ListenCheck

    /// - Parameters:
    ///   - zones: looks up the rules of a zone; the description of what it throws becomes the fault's message.
    ///   - systemZone: the zone of tasks without one, where `[scheduler] timezone` is not set, and what is to be said of it;
    ///     what it throws is described as for `zones`.
    ///   - host: the process and the machine that the configuration is for.
    ///   - certificateFault: what is wrong with the certificate and the key of `[api]`.
    ///   - listenFault: what is wrong with an address of `[metrics]`.
    package init(
        zones: @escaping @Sendable (ZoneID) throws -> ZoneRules,
        systemZone: @escaping @Sendable () throws -> (rules: ZoneRules, warning: String?),
        host: ConfigurationHost,
        certificateFault: @escaping CertificateCheck = { _ in nil },
        listenFault: @escaping ListenCheck = { _ in nil }
    ) {
        self.zones = zones
        self.systemZone = systemZone
        self.host = host
        self.certificateFault = certificateFault
        self.listenFault = listenFault
    }

    /// Reads a file of at most 16 MiB and the files that it refers to, and waits for the file system meanwhile.
    package func read(path: String) throws(ConfigurationFaults) -> Configuration {
        try read(text: ConfigurationFile.text(at: path), path: path)
    }

    /// Reads the text of a file, and the files that it refers to.
    ///
    /// - Parameter path: how the faults name the file; the paths in the text are relative to its folder.
    package func read(text: String, path: String) throws(ConfigurationFaults) -> Configuration {
        let document = try TOMLDocument(text: text, path: path)
        defer { document.discard() }

        let files = ReferencedFiles(
            base: PathBase(file: path, currentFolder: host.currentFolder, home: host.home)
        )
        let faults = FaultCollector()
        let substitution = Substitution(environment: host.environment, files: files)
        var configuration = TableReader.read(document, faults: faults, substitution: substitution) {
            (root) -> Configuration in
            self.configuration(from: &root, files: files, faults: faults)
        }
        guard faults.isEmpty else { throw faults.refusal(path: path, bytes: document.bytes) }
        configuration.warnings = faults.warnings(path: path, bytes: document.bytes)
        return configuration
    }

    /// Reads the root table: a block here for each table of the file, a row in it for each key.
    private func configuration(
        from root: inout TableReader,
        files: ReferencedFiles,
        faults: FaultCollector
    ) -> Configuration {
        var configuration = Configuration(defaultZone: .utc, zoneSource: .system)
        let identities = IdentityLookup(host: host)
        var namesZone = false

        root.table("scheduler") { table in
            namesZone = table.contains("timezone")
            if let zone = table.optional("timezone", .zone(zones)) {
                configuration.defaultZone = zone
                configuration.zoneSource = .config
            }
            configuration.scheduler.grace = table.value("grace", .duration, default: configuration.scheduler.grace)
            configuration.scheduler.maxConcurrent = table.optional("max_concurrent", .integer(in: 1 ... .max))
        }
        root.table("storage") { table in
            configuration.storage.maxSize = table.optional("max_size", .sizeOrZero).flatMap(Self.limit)
            configuration.storage.minFreeSpace = table.optional("min_free_space", .sizeOrZero).flatMap(Self.limit)
        }
        root.table("api") { table in
            let reader = APISettingsReader(
                identities: identities,
                base: files.base,
                certificateFault: certificateFault
            )
            configuration.api = reader.settings(from: &table)
        }
        root.table("metrics") { table in
            configuration.metrics = MetricsSettings(from: &table, fault: listenFault)
        }
        root.table("daemon") { table in
            configuration.daemon.onStop = table.value("on_stop", .choice, default: configuration.daemon.onStop)
            table.settle(ForeignKey.ofDaemon)
        }
        root.table("cron") { table in
            let reader = CronSettingsReader(host: host, base: files.base)
            configuration.cron = reader.settings(from: &table)
        }
        var defaults = TaskSettings()
        root.table("defaults") { table in
            defaults.read(from: &table, files: files, identities: identities)
            table.settle(ForeignKey.ofDefaults)
        }
        configuration.cron.keepRuns = defaults.keepRuns
        configuration.cron.keepFor = defaults.keepFor
        if !namesZone {
            do {
                let (rules, warning) = try systemZone()
                configuration.defaultZone = rules
                if let warning { faults.warn("\(warning); name another zone as timezone in [scheduler]") }
            } catch {
                faults.report("the system's zone: \(error); name another one as timezone in [scheduler]")
            }
        }
        let tasks = TaskReader(
            zones: zones,
            defaultZone: configuration.defaultZone,
            defaults: defaults,
            files: files,
            identities: identities
        )
        var parts = SharedParts()
        root.tables("tasks") { name, table in
            guard var task = tasks.task(named: name, from: &table) else { return }
            parts.share(in: &task)
            configuration.tasks.append(task)
        }
        root.settle(ForeignKey.ofFile)
        configuration.tasks.sort { $0.name < $1.name }
        return configuration
    }

    /// What a size of zero means in `[storage]`: no limit.
    private static func limit(_ size: Int64) -> Int64? {
        size == 0 ? nil : size
    }
}
