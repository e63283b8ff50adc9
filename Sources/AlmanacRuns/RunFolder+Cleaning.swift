import AlmanacRunProtocol
import Glibc

extension RunFolder {
    /// Removes everything but the log: what a run needs no more once its end is in the store.
    func removeWorkingFiles() {
        for path in [specPath, startedPath, stopPath, resultPath, lockPath] { _ = unsafe unlink(path) }
    }
}
