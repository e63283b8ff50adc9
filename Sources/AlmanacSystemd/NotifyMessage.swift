/// What the service manager is told in one datagram. sd_notify(3).
package struct NotifyMessage: Sendable, Hashable, ExpressibleByArrayLiteral {
    /// One assignment, a line of the datagram.
    package enum Assignment: Sendable, Hashable {
        /// The start, or a reload, is over.
        case ready
        /// A reload has begun, at this time of CLOCK_MONOTONIC.
        case reloading(microseconds: Int64)
        case stopping
        /// One line for people.
        case status(String)
        /// A sign of life.
        case watchdog
        /// The start takes longer: so much more from now on, until the next of these.
        case extendTimeout(Duration)
        /// Why the daemon ends, as a number of errno(3).
        case errno(Int32)
    }

    package var assignments: [Assignment]

    package init(arrayLiteral assignments: Assignment...) {
        self.assignments = assignments
    }

    /// The datagram.
    package var text: String {
        assignments.map(\.text).joined(separator: "\n")
    }

    /// Whether nothing is lost where this is said in the place of an earlier message that has not been taken yet.
    package func supersedes(_ earlier: NotifyMessage) -> Bool {
        guard case .status? = earlier.assignments.first, earlier.assignments.count == 1 else { return false }
        return assignments.contains { if case .status = $0 { true } else { false } }
    }
}

extension NotifyMessage.Assignment {
    /// The longest status that is sent, in characters.
    private static let longestStatus = 500

    fileprivate var text: String {
        switch self {
        case .ready: "READY=1"
        case .reloading(let microseconds): "RELOADING=1\nMONOTONIC_USEC=\(microseconds)"
        case .stopping: "STOPPING=1"
        case .status(let line): "STATUS=\(Self.oneLine(line))"
        case .watchdog: "WATCHDOG=1"
        case .extendTimeout(let duration): "EXTEND_TIMEOUT_USEC=\(Self.microseconds(duration))"
        case .errno(let number): "ERRNO=\(number)"
        }
    }

    private static func microseconds(_ duration: Duration) -> Int64 {
        duration.components.seconds * 1_000_000 + duration.components.attoseconds / 1_000_000_000_000
    }

    /// A line break would begin another assignment.
    private static func oneLine(_ text: String) -> String {
        let line = String(text.prefix(longestStatus).map { $0.isNewline ? " " : $0 })
        return text.count > longestStatus ? line + "..." : line
    }
}
