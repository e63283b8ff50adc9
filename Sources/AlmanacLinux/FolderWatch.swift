import CLinux
import Glibc

/// Notices files of some folders being replaced, written or removed. inotify(7).
package struct FolderWatch: Sendable {
    /// Readable when something has happened.
    package let descriptor: OwnedDescriptor

    package init() throws(SystemError) {
        descriptor = OwnedDescriptor(
            try SystemError.check("inotify_init1") { inotify_init1(CInt(IN_CLOEXEC | IN_NONBLOCK)) }
        )
    }

    /// Watches a folder; one that is watched already stays so.
    package func add(_ path: String) throws(SystemError) {
        let events = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_ONLYDIR
        try SystemError.check("inotify_add_watch", subject: path) {
            unsafe inotify_add_watch(descriptor.number, path, UInt32(events))
        }
    }

    /// Takes what has happened, so that the descriptor is not readable any more.
    ///
    /// - Returns: the names of the files, within their folders.
    package func takeNames() -> Set<String> {
        var names: Set<String> = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = unsafe read(descriptor.number, &buffer, buffer.count)
            guard count > 0 else { return names }
            // struct inotify_event: wd, mask, cookie and len, four bytes each, then len bytes with the name.
            var start = 0
            while start + 16 <= count {
                let length = (0..<4).reduce(0) { $0 | Int(buffer[start + 12 + $1]) << (8 * $1) }
                let name = buffer[(start + 16)..<min(start + 16 + length, count)].prefix { $0 != 0 }
                names.insert(String(decoding: name, as: UTF8.self))
                start += 16 + length
            }
        }
    }
}
