import AlmanacConfig
import AlmanacLinux
import AlmanacRuns
import AlmanacServer
import AlmanacStore
import Glibc

/// Why the daemon cannot start; each prints as one plain sentence, but for the faults of a file, which are a line each.
enum DaemonStartError: Error, CustomStringConvertible {
    case configuration(ConfigurationFaults)
    case dataFolder(path: String, SystemError)
    case dataFolderInUse(path: String, pid: Int32)
    case store(StoreError)
    case supervisor(SupervisorProgramError)
    case kernel(SystemError)
    case listen(String)

    /// The number of errno(3) that says most of it.
    var errno: Int32 {
        switch self {
        case .configuration: EINVAL
        case .dataFolder(_, let error), .kernel(let error): error.errno
        case .dataFolderInUse: EBUSY
        case .store: EIO
        case .supervisor: ENOENT
        case .listen: EADDRNOTAVAIL
        }
    }

    var description: String {
        switch self {
        case .configuration(let faults):
            faults.faults.map(\.description).joined(separator: "\n")
        case .dataFolder(let path, let error):
            "the data folder \(path) cannot be used: \(error)"
        case .dataFolderInUse(let path, let pid):
            "another daemon, process \(pid), uses the data folder \(path); stop it, or give this one another with --data"
        case .store(let error):
            error.description
        case .supervisor(let error):
            error.description
        case .kernel(let error):
            "the kernel refuses what a daemon needs: \(error)"
        case .listen(let message):
            message
        }
    }
}
