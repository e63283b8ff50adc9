import AlmanacCalendar
import AlmanacConfig
import AlmanacLinux
import AlmanacModel
import AlmanacRuns
import AlmanacServer
import AlmanacStore
import AlmanacZoneinfo
import CLinux
import Glibc

/// What a daemon needs before it can begin, opened in an order in which a failure leaves nothing behind.
struct DaemonResources: Sendable {
    let options: DaemonOptions
    let configuration: Configuration
    let configurationFile: WatchedFile
    let zones: ZoneinfoDatabase
    let dataFolder: DataFolder
    /// Absolute; where commands start.
    let workingDirectory: String
    let supervisor: SupervisorProgram
    let store: SQLiteStore
    let listeners: [ListeningSocket]
    /// Nil where nothing is delegated to the daemon.
    let controlGroup: DelegatedControlGroup?
    /// Why a delegated cgroup could not be divided among the runs; nil where it was.
    let controlGroupFault: SystemError?

    static func open(_ options: DaemonOptions) throws(DaemonStartError) -> DaemonResources {
        let zones = ZoneinfoDatabase()
        let configurationFile = WatchedFile(path: options.configPath)
        let configuration = try readConfiguration(options.configPath, zones)
        let addresses = try listenAddresses(options.listen, configuration.api)
        let dataFolder = try DataFolder.claim(options.dataPath)
        do {
            let (controlGroup, controlGroupFault) = divideControlGroup(options)
            return DaemonResources(
                options: options,
                configuration: configuration,
                configurationFile: configurationFile,
                zones: zones,
                dataFolder: dataFolder,
                workingDirectory: try currentFolder(),
                supervisor: try SupervisorProgram.locate(),
                store: try SQLiteStore(path: dataFolder.databasePath),
                listeners: try addresses.map { address in
                    try makeFolder(of: address)
                    return try ListeningSocket.open(address)
                },
                controlGroup: controlGroup,
                controlGroupFault: controlGroupFault
            )
        } catch let error as SupervisorProgramError {
            throw .supervisor(error)
        } catch let error as StoreError {
            throw .store(error)
        } catch let error as SystemError {
            throw .kernel(error)
        } catch {
            throw .listen("\(error)")
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
            let configuration = try ConfigurationReader(system: zones).read(path: path)
            // Reading takes several times the memory that is kept.
            malloc_trim(0)
            return configuration
        } catch {
            throw .configuration(error)
        }
    }

    /// Makes the folder that a Unix socket is to lie in, `/run/almanac` by default: it is gone after each boot.
    private static func makeFolder(of address: ListenAddress) throws(SystemError) {
        guard case .unix(let path) = address, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            return
        }
        let folder = String(path[..<slash])
        if unsafe mkdir(folder, 0o755) == -1 && errno != EEXIST { throw SystemError("mkdir", subject: folder) }
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
