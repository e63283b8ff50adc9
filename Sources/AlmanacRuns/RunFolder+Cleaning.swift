import AlmanacRunProtocol
import Glibc

extension RunFolder {
    /// Removes everything but the log: what a run needs no more once its end is in the store.
    ///
    /// - Returns: whether it is all gone.
    func removeWorkingFiles() -> Bool {
        var isGone = true
        // The spec goes first: without one, a supervisor that comes late finds nothing to run.
        for file in [specPath, startedPath, stopPath, resultPath, lockPath] {
            // Whoever was killed while it wrote a file has left the one with the temporary name.
            for path in [file, file + ".new"] where unsafe unlink(path) != 0 && errno != ENOENT { isGone = false }
        }
        return isGone
    }
}
