import AlmanacCalendar
import AlmanacConfig
import AlmanacLinux
import AlmanacMetrics
import AlmanacModel
import AlmanacRuns
import AlmanacServer
import AlmanacStore
import AlmanacSystemd
import AlmanacZoneinfo
import Glibc
import Logging

/// What a daemon needs before it can begin, opened in an order in which a failure leaves nothing behind.
struct DaemonResources: Sendable {
    let options: DaemonOptions
    var configuration: Configuration
    let configurationFile: WatchedFile
    let zones: ZoneinfoDatabase
    let crontabs: CrontabReader
    /// The crontabs as they were when the daemon started.
    var crontabReading: CrontabReading
    /// The folders of crontabs whose changes will not be noticed, and why.
    let unwatchedCrontabs: [SystemError]
    let dataFolder: DataFolder
    /// Absolute; where commands start.
    let workingDirectory: String
    let supervisor: SupervisorProgram
    let store: SQLiteStore
    /// What is counted, from the store's first commit on.
    let metrics: MetricsRegistry
    let listeners: [ListeningSocket]
    /// How many descriptors the daemon may have open, and might when it was started.
    let descriptorLimit: DescriptorLimit
    /// Where metrics are for everyone; none by default.
    let metricsListeners: [ListeningSocket]
    /// Nil where nothing is delegated to the daemon.
    let controlGroup: DelegatedControlGroup?
    /// Why a delegated cgroup could not be divided among the runs; nil where it was.
    let controlGroupFault: SystemError?

    /// The configuration's file; absolute.
    var configPath: String {
        options.configPath.hasPrefix("/") ? options.configPath : "\(workingDirectory)/\(options.configPath)"
    }

    /// - Parameter inherited: the descriptors that the service manager has passed.
    static func open(
        _ options: DaemonOptions,
        inherited: InheritedDescriptors,
        logger: Logger
    ) throws(DaemonStartError) -> DaemonResources {
        let zones = ZoneinfoDatabase()
        let configurationFile = WatchedFile(path: options.configPath)
        let configuration = try readConfiguration(options.configPath, zones)
        let adopted = try InheritedListeners.adopt(
            inherited,
            inPlaceOf: options.listen,
            configuration,
            logger: logger
        )
        let addresses = adopted.api.isEmpty ? try listenAddresses(options.listen, configuration.api) : []
        let dataFolder = try DataFolder.claim(options.dataPath)
        do {
            let (controlGroup, controlGroupFault) = divideControlGroup(options)
            let crontabs = try CrontabReader(zones: zones)
            let (crontabReading, unwatchedCrontabs) = crontabs.follow(
                configuration.cron,
                beside: configuration.tasks
            )
            let metrics = MetricsRegistry(MetricFamily.ofDaemon)
            return DaemonResources(
                options: options,
                configuration: configuration,
                configurationFile: configurationFile,
                zones: zones,
                crontabs: crontabs,
                crontabReading: crontabReading,
                unwatchedCrontabs: unwatchedCrontabs,
                dataFolder: dataFolder,
                workingDirectory: try currentFolder(),
                supervisor: try SupervisorProgram.locate(),
                store: try SQLiteStore(path: dataFolder.databasePath, metrics: metrics),
                metrics: metrics,
                listeners: try adopted.api
                    + addresses.map { address in
                        try makeFolder(of: address)
                        return try ListeningSocket.open(address, groupID: configuration.api.socketGroupID)
                    },
                descriptorLimit: .raise(to: 16_384),
                metricsListeners: adopted.metrics.isEmpty
                    ? try configuration.metrics.listen.map(openMetricsListener) : adopted.metrics,
                controlGroup: controlGroup,
                controlGroupFault: controlGroupFault
            )
        } catch let error as SupervisorProgramError {
            throw .supervisor(error)
        } catch let error as StoreError {
            throw .store(error)
        } catch let error as SystemError {
            throw .kernel(error)
        } catch let error as DaemonStartError {
            throw error
        } catch {
            throw .listen("\(error)")
        }
    }

    /// How many connections each listener may have open, so that some descriptors are left for everything else.
    var connectionLimit: Int {
        let room = Int(clamping: descriptorLimit.present) - 384
        return max(64, min(2500, room / max(1, listeners.count)))
    }

    private static func openMetricsListener(_ text: String) throws -> ListeningSocket {
        do {
            let address = try ListenAddress(parsing: text)
            try makeFolder(of: address)
            return try ListeningSocket.open(address)
        } catch {
            throw DaemonStartError.listen("[metrics] listen: \(error)")
        }
    }

    /// Runs do without cgroups rather than not run.
    private static func divideControlGroup(_ options: DaemonOptions) -> (DelegatedControlGroup?, SystemError?) {
        guard var group = DelegatedControlGroup.find() else { return (nil, nil) }
        do throws(SystemError) {
            try group.divide(enablingControllers: options.enablesControllers)
            return (group, nil)
        } catch {
            return (nil, error)
        }
    }

    private static func readConfiguration(
        _ path: String,
        _ zones: ZoneinfoDatabase
    ) throws(DaemonStartError) -> Configuration {
        do {
            return try ConfigurationReader(system: zones).read(path: path)
        } catch {
            throw .configuration(error)
        }
    }

    /// Makes the folder that a Unix socket is to lie in, `/run/almanac` by default: it is gone after each boot.
    private static func makeFolder(of address: ListenAddress) throws {
        guard case .unix(let path) = address, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            return
        }
        let folder = String(path[..<slash])
        if unsafe mkdir(folder, 0o755) == -1 && errno != EEXIST {
            let error = SystemError("mkdir", subject: folder)
            guard processEnvironment()["INVOCATION_ID"] != nil, folder.hasPrefix("/run/") else { throw error }
            throw DaemonStartError.listen(
                "\(error), so that there is no place for the socket \(path); a service that is not root's needs "
                    + "RuntimeDirectory=\(folder.dropFirst(5)) in its unit"
            )
        }
    }

    /// The addresses to listen on; an API that asks for no credentials is for loopback addresses alone.
    private static func listenAddresses(
        _ texts: [String],
        _ api: APISettings
    ) throws(DaemonStartError) -> [ListenAddress] {
        var addresses: [ListenAddress] = []
        for text in texts {
            let address: ListenAddress
            do {
                address = try ListenAddress(parsing: text)
            } catch {
                throw .listen("--listen \(text): \(error)")
            }
            if api.auth == .none && !address.isLocal {
                throw .listen(
                    "[api] auth = \"none\" opens the API to everyone who reaches it, so it goes with loopback addresses "
                        + "only; \(text) is none: listen on 127.0.0.1 or a Unix socket, or remove auth = \"none\""
                )
            }
            addresses.append(address)
        }
        return addresses
    }
}
