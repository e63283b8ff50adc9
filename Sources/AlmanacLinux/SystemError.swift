import Glibc

/// A system call that failed: which one, on what, and the kernel's reason.
package struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    package let call: String
    /// The path or other object that it was about; nil where there is none.
    package let subject: String?
    package let errno: Int32

    package init(_ call: String, subject: String? = nil, errno: Int32 = Glibc.errno) {
        self.call = call
        self.subject = subject
        self.errno = errno
    }

    /// `open /var/lib/almanac: Permission denied`.
    package var description: String {
        "\(call)\(subject.map { " \($0)" } ?? ""): \(reason)"
    }

    /// The kernel's reason in words: `Permission denied`.
    package var reason: String {
        unsafe String(cString: strerror(errno))
    }

    package var isNoSuchProcess: Bool { errno == ESRCH }

    /// Makes a system call again for as long as a signal interrupts it, and throws where it fails.
    @discardableResult
    package static func check<Result: SignedInteger>(
        _ call: String,
        subject: @autoclosure () -> String? = nil,
        _ body: () -> Result
    ) throws(SystemError) -> Result {
        while true {
            let result = body()
            if result != -1 { return result }
            if Glibc.errno != EINTR { throw SystemError(call, subject: subject()) }
        }
    }
}
