import AlmanacConfig
import AlmanacModel

/// What a takeover finds and what it would do.
struct TakeoverPlan {
    let cron: CronUnits
    let sources: CrontabSources
    /// The names of the tasks that the lines come to.
    let taskNames: Set<String>
    let proof: Proof
    let years: Int
    let config: String
    let configExisted: Bool
    /// The text of the configuration afterwards, and what of it is new.
    let edit: (text: String, change: CrontabsKey.Change)
    /// The service as it is.
    let service: TakeoverRecord.Unit?

    /// Whether the files of the service are to be written.
    var installsService: Bool { service == nil }

    /// The plan in words, a line each.
    var lines: [String] {
        nowLines + [""] + proofLines + [""] + stepLines
    }

    private var nowLines: [String] {
        var lines = ["cron now:"]
        for unit in cron.units {
            let process = unit.wasActive ? cron.process.map { ", process \($0)" } ?? "" : ""
            lines.append(
                "  \(unit.name), \(unit.wasActive ? "running" : "not running")\(process), \(unit.unitFileState)"
            )
        }
        if cron.units.isEmpty { lines.append("  there is no cron under systemd") }
        for crontab in sources.crontabs {
            lines.append("  \(crontab.path): \(counted(crontab.entries.count, "line"))".printable)
        }
        for fault in proof.unread { lines.append("  not run: \(fault)".printable) }
        return lines
    }

    private var proofLines: [String] {
        let report = ProofReport(proof: proof, years: years)
        var lines = ["the same lines under Almanac:", "  \(report.summary.last ?? "")"]
        if !proof.lines.allSatisfy(\.isEqual) {
            lines.append("  'almanac prove' has the differences\(proof.isEqual ? ", which are meant" : "")")
        }
        return lines
    }

    private var stepLines: [String] {
        var lines = ["what is done:"]
        switch edit.change {
        case .none: lines.append("  nothing to \(config), which has [cron] crontabs = true")
        case .appended, .inserted, .replaced:
            lines.append(
                "  \(configExisted ? "add" : "make \(config) with") [cron] crontabs = true\(configExisted ? " to \(config)" : "")"
            )
        }
        if installsService {
            lines.append(
                "  install almanac.service and its sockets ('almanac service install --print' shows them), and start them"
            )
        } else if service?.wasActive == true {
            lines.append("  make the running daemon read it")
        } else {
            lines.append("  start almanac.service, now and at every boot")
        }
        for unit in cron.units where !unit.wasMasked {
            lines.append(
                "  stop \(unit.name) between two minutes and mask it; jobs of cron that run go on to their ends"
            )
        }
        lines.append("  see that the daemon runs all \(counted(taskNames.count, "line")), or else put everything back")
        for unit in cron.others { lines.append("  leave \(unit) alone: its jobs are not in crontabs") }
        lines.append("'almanac takeover --undo' puts cron back.")
        return lines
    }

    private func counted(_ count: Int, _ noun: String) -> String { count == 1 ? "1 \(noun)" : "\(count) \(noun)s" }
}

extension TakeoverPlan {
    /// The plan as `almanac takeover --json` prints it, `{"plan":{...}}`.
    struct Report: Encodable {
        struct Plan: Encodable {
            let units: [Unit]
            let crontabs: [Crontab]
            /// Whether every line runs at the same times, but for differences that are meant.
            let equal: Bool
            let configuration: String
            let changesConfiguration: Bool
            let installsService: Bool

            enum CodingKeys: String, CodingKey {
                case units, crontabs, equal, configuration
                case changesConfiguration = "changes_configuration"
                case installsService = "installs_service"
            }
        }

        /// cron's own, as it is now.
        struct Unit: Encodable {
            let name: String
            let active: Bool
            let state: String
        }

        struct Crontab: Encodable {
            let path: String
            let lines: Int
        }

        let plan: Plan

        init(_ plan: TakeoverPlan) {
            self.plan = Plan(
                units: plan.cron.units.map { Unit(name: $0.name, active: $0.wasActive, state: $0.unitFileState) },
                crontabs: plan.sources.crontabs.map { Crontab(path: $0.path, lines: $0.entries.count) },
                equal: plan.proof.isEqual,
                configuration: plan.config,
                changesConfiguration: plan.edit.change != .none,
                installsService: plan.installsService
            )
        }
    }
}
