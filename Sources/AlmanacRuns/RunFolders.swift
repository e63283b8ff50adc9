import AlmanacLinux
import AlmanacModel
import AlmanacRunProtocol
import Glibc

/// The folders of all runs below a data folder. Every call may block on the disk.
struct RunFolders: Sendable {
    let dataFolder: String

    /// Removes the folders of some runs, durably.
    ///
    /// - Returns: the runs whose folders are gone, and why others are not.
    func remove(_ runs: [StoredLog]) -> (gone: [RunID], failure: SystemError?) {
        var failure: SystemError?
        var gone: [StoredLog] = []
        for run in runs {
            do throws(SystemError) {
                try folder(of: run).remove()
                gone.append(run)
            } catch {
                failure = failure ?? error
            }
        }
        var undurable: Set<String> = []
        for (task, run) in Dictionary(gone.map { ($0.taskName, $0) }, uniquingKeysWith: { first, _ in first }) {
            do throws(RunFileError) {
                try folder(of: run).synchronizeName()
            } catch {
                // A task of whose runs none was ever started has no folder.
                if error.errno == ENOENT { continue }
                undurable.insert(task)
                failure = failure ?? SystemError("fsync", subject: error.path, errno: error.errno ?? EIO)
            }
        }
        return (gone.filter { !undurable.contains($0.taskName) }.map(\.id), failure)
    }

    /// Looks how large the logs of some runs are.
    func measure(_ runs: [StoredLog]) -> [StoredLog] {
        runs.map { StoredLog(id: $0.id, taskName: $0.taskName, bytes: folder(of: $0).logBytes) }
    }

    /// How many bytes are free to everyone on the file system.
    func freeBytes() throws(SystemError) -> Int64 {
        try FreeSpace.bytes(at: dataFolder)
    }

    /// Has the file system put down what was removed, so that it counts as free: some do so only after a while.
    func settleFreeBytes() {
        FreeSpace.settle(at: dataFolder)
    }

    private func folder(of run: StoredLog) -> RunFolder {
        RunFolder(dataFolder: dataFolder, taskName: run.taskName, runID: run.id.description)
    }
}
