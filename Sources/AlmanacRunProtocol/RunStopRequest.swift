/// Why somebody wants a run to end; the supervisor hands it back in the result, whatever it is.
package struct StopReason: RawRepresentable, Hashable, Sendable {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// A user, or a signal to the supervisor.
    package static let stopped = StopReason(rawValue: "stopped")
    /// The daemon stops and takes its runs with it.
    package static let daemonStopped = StopReason(rawValue: "daemon-stopped")
    /// A newer run of the task takes this one's place.
    package static let overlapTerminated = StopReason(rawValue: "overlap-terminated")
}

/// The daemon's wish that a run ends: written first, then made known to the supervisor by SIGTERM.
package struct RunStopRequest: RunFile {
    package var reason: StopReason
    /// A sentence for the result's message; nil for none.
    package var message: String?

    package init(reason: StopReason, message: String? = nil) {
        self.reason = reason
        self.message = message
    }

    package static var format: String { "almanac-run-stop" }
    package static func path(in folder: RunFolder) -> String { folder.stopPath }

    package func encoded() -> [UInt8] {
        var records = RunRecords()
        records.append("reason", reason.rawValue)
        records.append("message", ifPresent: message)
        return records.encoded(format: Self.format, version: Self.version)
    }

    package init(decoding bytes: [UInt8]) throws(RunFormatError) {
        let records = try RunRecords(decoding: bytes, format: Self.format, version: Self.version)
        reason = StopReason(rawValue: try records.require(records.text("reason"), "reason"))
        message = records.text("message")
    }
}
