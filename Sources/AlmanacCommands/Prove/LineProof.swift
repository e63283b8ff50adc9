import AlmanacCalendar
import AlmanacConfig

/// What a line of a crontab comes to: what cron does with it beside what is done here.
struct LineProof {
    let file: String
    let job: CronJob
    /// The task that stands for it; nil where there is none.
    let taskName: String?
    /// At how many instants both do the same.
    let agreeing: Int
    let findings: [Finding]

    /// `/etc/cron.d/sysstat:6`
    var place: String { "\(file):\(job.line)" }

    var isEqual: Bool { findings.isEmpty }
    var isExplained: Bool { findings.allSatisfy(\.isExplained) }

    /// A difference of a line, or several of one kind.
    struct Finding: Hashable {
        enum Kind: Hashable {
            /// The one difference of the clock's rules that is meant, `spec/occurrences.md` 3: once for all ticks of a gap.
            case joined
            /// The crontab names a zone in `CRON_TZ`, of which Debian's cron knows nothing.
            case zone(String)
            /// cron ignores the whole file for a line that it cannot read.
            case brokenFile(line: Int?)
            /// Nobody of that name: cron does not run the line either.
            case noUser(String)
            /// cron starts the job at times at which it does not run here.
            case cronOnly
            /// It runs here at times at which cron does not start it.
            case almanacOnly
            case noTask
            /// `cron = "@reboot"` of almanac.toml is another thing than a crontab's.
            case reboot
            case setting(JobDifference)
        }

        let kind: Kind
        /// How many instants it is about; 0 for a difference that is not one of times.
        let count: Int
        /// The first of them, in order.
        let instants: [FiringComparison.Difference]

        init(_ kind: Kind, count: Int = 0, instants: [FiringComparison.Difference] = []) {
            self.kind = kind
            self.count = count
            self.instants = instants
        }

        /// Whether it is known and meant.
        var isExplained: Bool {
            switch kind {
            case .joined, .zone, .brokenFile, .noUser: true
            case .cronOnly, .almanacOnly, .noTask, .reboot, .setting: false
            }
        }

        /// Whether it is about the whole file.
        var isOfFile: Bool {
            if case .brokenFile = kind { true } else { false }
        }

        /// What it is called in JSON.
        var name: String {
            switch kind {
            case .joined: "joined"
            case .zone: "cron_tz"
            case .brokenFile: "broken_file"
            case .noUser: "no_user"
            case .cronOnly: "cron_only"
            case .almanacOnly: "almanac_only"
            case .noTask: "no_task"
            case .reboot: "reboot"
            case .setting: "setting"
            }
        }

        /// What is different, and why.
        var reason: String {
            switch kind {
            case .joined:
                "several of its times lie in a gap: cron starts it once for each of them at the same moment, here it runs once "
                    + "and the others are dst_skipped"
            case .zone(let zone):
                "CRON_TZ=\(zone) is the zone of its times here; Debian's cron does not know the variable and goes by the machine's zone"
            case .brokenFile(let line):
                "cron ignores the whole file for \(line.map { "line \($0)" } ?? "a fault"), which it cannot read; here the good lines run"
            case .noUser(let name): "there is no user \(name.debugDescription): cron does not run it either"
            case .cronOnly: "cron starts it at times at which it does not run here"
            case .almanacOnly: "it runs here at times at which cron does not start it"
            case .noTask: "no task stands for the line: cron runs it, and nothing runs it here"
            case .reboot:
                "cron runs it once a boot, and @reboot in almanac.toml at each start of the daemon; leave the line in the crontab, "
                    + "which [cron] crontabs = true runs once a boot"
            case .setting(let difference):
                "\(difference.key): cron has \(difference.cron.debugDescription), here it is \(difference.almanac.debugDescription)"
            }
        }
    }
}
