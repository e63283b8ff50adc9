import Glibc

/// The folder of one run, `DATA/runs/TASK/ULID`, through which the daemon and the supervisor speak.
///
/// The daemon writes `spec` and `stop`; the supervisor writes all else. Every file but `log` is written to a temporary name and renamed, so that a
/// reader sees a whole one or none.
package struct RunFolder: Hashable, Sendable {
    /// The folder's path, with no slash at its end.
    package let path: String

    package init(path: String) {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
    }

    /// The folder that the run `runID` of the task `taskName` has below `dataFolder`.
    ///
    /// The names `.` and `..`, which are good names for a task and bad ones for a folder, are written `%2E` and `%2E%2E`.
    package init(dataFolder: String, taskName: String, runID: String) {
        let name =
            switch taskName {
            case ".": "%2E"
            case "..": "%2E%2E"
            default: taskName
            }
        self.init(path: "\(RunFolder(path: dataFolder).path)/runs/\(name)/\(runID)")
    }

    /// What the command is, for the supervisor: `RunSpec`.
    package var specPath: String { "\(path)/spec" }
    /// Locked for as long as the supervisor lives: `RunLock`.
    package var lockPath: String { "\(path)/lock" }
    /// There once the command may have been started: `RunStarted`.
    package var startedPath: String { "\(path)/started" }
    /// What the processes of a run are known by whose command carries no id: `RunMark`.
    package var markPath: String { "\(path)/mark" }
    /// There once the daemon wants the run to end: `RunStopRequest`.
    package var stopPath: String { "\(path)/stop" }
    /// There once the run has ended: `RunResult`.
    package var resultPath: String { "\(path)/result" }
    /// The command's output: `LogLine`s.
    package var logPath: String { "\(path)/log" }
    /// The part of the output before `log`, where a log limit drops the oldest; most runs have none.
    package var olderLogPath: String { "\(path)/log.old" }

    /// Makes the folder, and those above it that are missing, for the owner alone (0700).
    ///
    /// A folder that is there already is left as it is. The names of those above are durable then; the run's own is not before
    /// `synchronizeName`, which its supervisor calls, so that runs that start together do not wait for the disk one after the other.
    package func create() throws(RunFileError) {
        if unsafe mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw RunFileError(path: path, cause: .system(call: "mkdir", errno: errno))
        }
        try Self.create(String(path[..<slash]))
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw RunFileError(path: path, cause: .system(call: "mkdir", errno: errno))
        }
    }

    /// Makes the folder's own name durable.
    package func synchronizeName() throws(RunFileError) {
        try DurableFile.synchronizeFolder(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
    }

    private static func create(_ path: String) throws(RunFileError) {
        let slash = path.lastIndex(of: "/")
        let parent = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        if unsafe mkdir(path, 0o700) == 0 {
            return try DurableFile.synchronizeFolder(parent)
        }
        switch errno {
        case EEXIST:
            return
        case ENOENT where parent != path && parent != ".":
            try create(parent)
            guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
                throw RunFileError(path: path, cause: .system(call: "mkdir", errno: errno))
            }
            try DurableFile.synchronizeFolder(parent)
        case let error:
            throw RunFileError(path: path, cause: .system(call: "mkdir", errno: error))
        }
    }
}
