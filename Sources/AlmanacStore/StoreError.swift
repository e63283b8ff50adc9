package import AlmanacModel
import GRDB

/// Why the store could not be opened, read or written. Every description is a sentence for people, with what to do.
package enum StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file could not be opened or made.
    case cannotOpen(path: String, reason: String)
    /// The file is not a database, or a damaged one.
    case corrupt(path: String, reason: String)
    /// The file is a database of another program.
    case foreign(path: String)
    /// The file was written by a newer version of Almanac.
    case fromNewerVersion(path: String, found: Int, supported: Int)
    /// There is no room left; nothing of the change stands.
    case diskFull(path: String)
    /// Another process held the lock for longer than the store waits; nothing of the change stands.
    case busy(path: String)
    /// The file or its folder may not be written.
    case readOnly(path: String)
    /// The disk failed; nothing of the change stands.
    case inputOutput(path: String, reason: String)
    /// There is a run of this id already; nothing of the change stands.
    case duplicateRun(RunID)
    /// A row holds what this version cannot read: `row` is its key, `found` the column's value.
    case undecodable(table: String, row: String, column: String, found: String)
    /// The store has been closed.
    case closed
    /// Any other result code of SQLite, sqlite.org/rescode.html.
    case unexpected(path: String, code: Int32, reason: String)

    package var description: String {
        switch self {
        case .cannotOpen(let path, let reason):
            "the database \(path) cannot be opened: \(reason)"
        case .corrupt(let path, let reason):
            """
            the database \(path) is damaged: \(reason). Nothing has been overwritten. \
            Move it aside together with its -wal and -shm files, and start again with an empty one or with a copy
            """
        case .foreign(let path):
            "the database \(path) belongs to another program; nothing has been changed in it. Name another path"
        case .fromNewerVersion(let path, let found, let supported):
            """
            the database \(path) is of a newer version of Almanac: its format is \(found), and this version reads \
            up to \(supported). Install the newer version, or move the file aside
            """
        case .diskFull(let path):
            "there is no room left on the disk of \(path); nothing was written"
        case .busy(let path):
            "another process has kept the database \(path) locked; nothing was written. Try again once it is done"
        case .readOnly(let path):
            "the database \(path) cannot be written: it, its folder or its disk is read-only"
        case .inputOutput(let path, let reason):
            "the disk failed under the database \(path): \(reason)"
        case .duplicateRun(let id):
            "there is a run \(id) already"
        case .undecodable(let table, let row, let column, let found):
            "row \(row) of the table \(table) cannot be read: \(found) in the column \(column) has no meaning here"
        case .closed:
            "the database has been closed"
        case .unexpected(let path, let code, let reason):
            "the database \(path) refused: \(reason) (code \(code))"
        }
    }
}

extension StoreError {
    /// Translates whatever came out of GRDB: the one place where SQLite's result codes get their meaning.
    ///
    /// - Parameter path: the database file.
    init(_ error: any Error, path: String) {
        if let error = error as? StoreError {
            self = error
            return
        }
        guard let error = error as? DatabaseError else {
            self = .unexpected(path: path, code: ResultCode.SQLITE_ERROR.rawValue, reason: "\(error)")
            return
        }
        let reason = error.message ?? "no reason given"
        self =
            switch error.resultCode {
            case .SQLITE_CANTOPEN: .cannotOpen(path: path, reason: reason)
            case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT: .corrupt(path: path, reason: reason)
            case .SQLITE_FULL: .diskFull(path: path)
            case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL: .busy(path: path)
            case .SQLITE_READONLY, .SQLITE_PERM: .readOnly(path: path)
            case .SQLITE_IOERR:
                .inputOutput(path: path, reason: "\(reason), code \(error.extendedResultCode.rawValue)")
            default: .unexpected(path: path, code: error.extendedResultCode.rawValue, reason: reason)
            }
    }
}
