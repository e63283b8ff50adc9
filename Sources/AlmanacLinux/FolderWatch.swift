import CLinux
import Glibc

/// Notices files of some folders being replaced, written or removed. inotify(7).
package struct FolderWatch: Sendable {
    /// What is noticed beside that.
    package struct Extras: OptionSet, Sendable {
        package let rawValue: UInt32

        package init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        /// Owners and modes, the folder's own among them.
        package static let attributes = Extras(rawValue: UInt32(IN_ATTRIB))
        /// Files being written, at each write.
        package static let writing = Extras(rawValue: UInt32(IN_MODIFY))
        /// The folder itself being removed or renamed.
        package static let itself = Extras(rawValue: UInt32(IN_DELETE_SELF | IN_MOVE_SELF))
    }

    /// Something that has happened.
    package struct Event: Hashable, Sendable {
        /// The folder, as `add` has numbered it; -1 where the kernel had no room for all that has happened.
        package let folder: Int32
        /// The file's name within it; empty for the folder itself.
        package let name: String
    }

    /// Readable when something has happened.
    package let descriptor: OwnedDescriptor

    package init() throws(SystemError) {
        descriptor = OwnedDescriptor(
            try SystemError.check("inotify_init1") { inotify_init1(CInt(IN_CLOEXEC | IN_NONBLOCK)) }
        )
    }

    /// Watches a folder; one that is watched already stays so, with these extras.
    ///
    /// - Returns: the number that its events have. Two paths of one folder have the same.
    @discardableResult
    package func add(_ path: String, noticing extras: Extras = []) throws(SystemError) -> Int32 {
        let events = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_ONLYDIR
        return try SystemError.check("inotify_add_watch", subject: path) {
            unsafe inotify_add_watch(descriptor.number, path, UInt32(events) | extras.rawValue)
        }
    }

    /// Watches a folder for names that come into being and for no more: its files may be written as often as they like.
    @discardableResult
    package func addNames(_ path: String) throws(SystemError) -> Int32 {
        try SystemError.check("inotify_add_watch", subject: path) {
            unsafe inotify_add_watch(descriptor.number, path, UInt32(IN_CREATE | IN_MOVED_TO | IN_ONLYDIR))
        }
    }

    /// Watches one file for being written, closed or not. Its events have no name.
    @discardableResult
    package func addFile(_ path: String) throws(SystemError) -> Int32 {
        try SystemError.check("inotify_add_watch", subject: path) {
            unsafe inotify_add_watch(descriptor.number, path, UInt32(IN_MODIFY))
        }
    }

    /// Watches a folder no longer; one that is gone is no error.
    package func remove(_ folder: Int32) {
        inotify_rm_watch(descriptor.number, folder)
    }

    /// Takes what has happened, so that the descriptor is not readable any more.
    ///
    /// - Returns: the names of the files, within their folders.
    package func takeNames() -> Set<String> {
        Set(takeEvents().map(\.name))
    }

    /// Takes what has happened, so that the descriptor is not readable any more; each event once.
    package func takeEvents() -> Set<Event> {
        var events: Set<Event> = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = unsafe read(descriptor.number, &buffer, buffer.count)
            guard count > 0 else { return events }
            // struct inotify_event: wd, mask, cookie and len, four bytes each, then len bytes with the name.
            func number(at start: Int) -> UInt32 {
                (0..<4).reduce(0) { $0 | UInt32(buffer[start + $1]) << UInt32(8 * $1) }
            }
            var start = 0
            while start + 16 <= count {
                let length = Int(number(at: start + 12))
                let name = buffer[(start + 16)..<min(start + 16 + length, count)].prefix { $0 != 0 }
                events.insert(
                    Event(
                        folder: Int32(bitPattern: number(at: start)),
                        name: String(decoding: name, as: UTF8.self)
                    )
                )
                start += 16 + length
            }
        }
    }
}
