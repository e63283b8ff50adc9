import AlmanacLinux
import AlmanacModel
import AlmanacRunProtocol
import DequeModule
import Glibc
import Synchronization

/// Removes from the folders of runs that have ended what they need no more: everything but the log.
///
/// They go once the commit of the end stands. A daemon may die in between, and the next one has no reason to look at the
/// folder of a run that has ended: so the runs are noted before the commit, in the file `ending` of the data folder, and
/// the next daemon looks at those. Nothing is synced, for what the death of the machine may leave behind does no harm.
final class WorkingFiles: Sendable {
    private let notes: OwnedDescriptor
    /// Those whose files could not be removed: the disk may be read-only for a while.
    private let left = Mutex(Deque<(id: RunID, folder: RunFolder)>())

    /// Opens the notes, or makes them with mode 0600.
    init(dataFolder: String) throws(SystemError) {
        let path = "\(dataFolder)/ending"
        notes = OwnedDescriptor(
            try SystemError.check("open", subject: path) {
                unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            }
        )
    }

    /// Notes the runs whose ends are about to be committed, in the place of those before, of which only what is left stays.
    func note(_ ids: [RunID]) {
        let text = (left.withLock { $0.map(\.id) } + ids).map { "\($0)\n" }.joined()
        // Where the disk is full, the worst is that some files stay.
        _ = unsafe pwrite(notes.number, text, text.utf8.count, 0)
        _ = ftruncate(notes.number, off_t(text.utf8.count))
    }

    /// The runs that were noted last, by this daemon or the one before. A line that was cut off is none.
    var noted: [RunID] {
        var status = stat()
        guard unsafe fstat(notes.number, &status) == 0, status.st_size > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        let count = unsafe pread(notes.number, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: "\n").compactMap {
            RunID($0)
        }
    }

    /// Removes the files of a run whose end stands. Where that fails, it is tried again with a later run, or by the next daemon.
    func remove(_ id: RunID, in folder: RunFolder) {
        left.withLock { left in
            guard folder.removeWorkingFiles() else { return left.append((id, folder)) }
            while let earlier = left.popFirst() {
                if earlier.folder.removeWorkingFiles() { continue }
                // The others come first the next time.
                return left.append(earlier)
            }
        }
    }
}
