import AlmanacAPI
import AlmanacCalendar
import AlmanacTesting
import FoundationEssentials
import Testing

extension VirtualMachine {
    /// A line of `almanac simulate --json`.
    struct Occurrence: Decodable {
        let task: String
        let at: String
        let tick: String?
        let kind: String

        var isFiring: Bool { kind == "fire" }

        /// What its run says where it came in time.
        var row: String { "\(at) \(task) \(tick ?? "") \(isFiring ? "success" : kind)" }
    }

    /// What `almanac simulate` says of the machine's configuration, on the host.
    ///
    /// - Parameters:
    ///   - from: exclusive.
    ///   - until: inclusive.
    func simulate(from: Timestamp, until: Timestamp) throws -> [Occurrence] {
        let outcome = try #require(
            ChildProcess.run(
                [
                    BuiltProgram.path("almanac"), "simulate", "--json", "--config", configurationPath,
                    "--from", from.description, "--until", until.description,
                ],
                environment: ["TZDIR": Self.zones, "TZ": "UTC"]
            )
        )
        try #require(outcome.exitCode == 0, "\(outcome.standardError)")
        // The last line is the summary.
        return try outcome.standardOutput.split(separator: "\n").dropLast().map { line in
            try JSONDecoder().decode(Occurrence.self, from: Data(line.utf8))
        }
    }
}

extension RunResource {
    /// What it says of its tick: `2026-03-29T01:00:00Z TASK 2026-03-29T02:30:00 success`.
    var row: String {
        var row = "\(scheduledAt ?? "") \(taskName) \(tick ?? "") \(endReason ?? status)"
        if let missedCount, let missedUntil { row += ", \(missedCount) until \(missedUntil)" }
        if catchUp == true { row += ", catch-up" }
        return row
    }
}
