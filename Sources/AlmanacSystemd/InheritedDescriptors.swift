import CSystemd
import Glibc

/// A descriptor that the service manager has opened for this process: sd_listen_fds_with_names(3).
package struct InheritedDescriptor: Sendable, Hashable {
    /// 3 or more.
    package let number: Int32
    /// The `FileDescriptorName=` of its unit; nil where it came without.
    package let name: String?

    package init(number: Int32, name: String?) {
        self.number = number
        self.name = name
    }

    /// What libsystemd calls a descriptor without a name.
    fileprivate static let nameOfNone = "unknown"
}

/// What `LISTEN_FDS`, `LISTEN_PID` and `LISTEN_FDNAMES` say.
package enum InheritedDescriptors: Sendable, Hashable {
    /// These, all of them close-on-exec from now on; none where there are no such variables.
    case ours([InheritedDescriptor])
    /// They are for another process, which this one comes from.
    case another(pid: String)
    /// They cannot be understood.
    case malformed(reason: String)

    /// Takes over what was passed. To be called before this process opens anything, for a count that is too high would take in
    /// that as well.
    package static func take() -> InheritedDescriptors {
        guard let count = variable("LISTEN_FDS") else { return .ours([]) }
        let pid = variable("LISTEN_PID")
        guard let pid, Int32(pid) == getpid() else { return .another(pid: pid ?? "") }
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let found = unsafe sd_listen_fds_with_names(0, &names)
        defer { unsafe free(names) }
        guard found >= 0 else { return withoutNames(count) }
        var descriptors: [InheritedDescriptor] = []
        for index in 0..<found {
            guard let text = unsafe names?[Int(index)] else { break }
            let name = unsafe String(cString: text)
            unsafe free(text)
            descriptors.append(
                InheritedDescriptor(
                    number: SD_LISTEN_FDS_START + index,
                    name: name == InheritedDescriptor.nameOfNone ? nil : name
                )
            )
        }
        return .ours(descriptors)
    }

    /// Names that do not fit the descriptors are no reason to do without these.
    private static func withoutNames(_ count: String) -> InheritedDescriptors {
        let found = sd_listen_fds(0)
        guard found >= 0 else {
            return .malformed(reason: "LISTEN_FDS is \"\(count)\": \(unsafe String(cString: strerror(-found)))")
        }
        return .ours((0..<found).map { InheritedDescriptor(number: SD_LISTEN_FDS_START + $0, name: nil) })
    }

    private static func variable(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}
