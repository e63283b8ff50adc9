import AlmanacTesting
import FoundationEssentials
import Testing

extension Trait where Self == ConditionTrait {
    /// Skips, and says why, where Debian's packages have not been fetched.
    static var withDebianPackages: Self {
        .enabled(if: DebianPackages.obstacle == nil, Comment(rawValue: DebianPackages.obstacle ?? ""))
    }
}

extension SystemdBox {
    /// A box with Debian's real cron and its service, not started; with root's service of Almanac, not started; with `worker`, who
    /// is in the group `team` too, and with a stand-in for sendmail.
    ///
    /// Its jobs find `/usr/local/lib/probe`, which writes what a job finds about itself to `/out/cron` or `/out/almanac-run`.
    static func withCron(seconds: Int = 300) throws -> SystemdBox {
        let box = try SystemdBox(
            binds: ["/units": UnitTextTests.folder, "/tests": debianTests, "/packages": DebianPackages.all],
            seconds: seconds
        )
        let outcome = box.shell(
            """
            cp /packages/cron/usr/sbin/cron /usr/sbin/cron
            cp /packages/cron/lib/systemd/system/cron.service /units/system/almanac.service /etc/systemd/system/
            mkdir -p /etc/default /etc/pam.d /etc/cron.d /var/spool/cron/crontabs /usr/local/lib /out/cron /out/almanac-run
            cp /packages/cron/etc/default/cron /etc/default/cron
            cp /packages/cron/etc/pam.d/cron /etc/pam.d/cron
            rm -f /usr/sbin/sendmail
            cp /tests/sendmail /usr/sbin/sendmail
            cp /tests/probe /usr/local/lib/probe
            chmod 1777 /out/*
            chmod 1730 /var/spool/cron/crontabs
            useradd --create-home --shell /bin/bash worker
            groupadd team
            usermod --append --groups team worker
            ln -s /usr/share/zoneinfo/Etc/UTC /etc/localtime 2>/dev/null || true
            systemctl daemon-reload
            """
        )
        try #require(outcome.exitCode == 0, "\(outcome.standardError)")
        return box
    }

    /// What the probes of the jobs and the stand-in for sendmail have written: the text of each file, by its name.
    func findings(under runner: String) -> [String: String] {
        let text = output(
            """
            cd /out/\(runner)
            for file in *; do [ ! -e "$file" ] || printf '%s\\0' "$file" "$(cat "$file"; echo .)"; done
            """
        )
        var findings: [String: String] = [:]
        let parts = text.split(separator: "\0", omittingEmptySubsequences: false)
        for index in stride(from: 0, to: parts.count - 1, by: 2) {
            // What is being written has a number at its end.
            if !parts[index].contains(".") { findings[String(parts[index])] = String(parts[index + 1]) }
        }
        return findings
    }

    /// A task that stands for a line of a crontab.
    struct CrontabTask: Decodable {
        let name: String
        let file: String?
        let line: Int?
        /// Why it is not started; nil where it is.
        let held: String?

        enum CodingKeys: String, CodingKey {
            case name
            case file = "crontab_file"
            case line = "crontab_line"
            case held
        }
    }

    /// A daemon's tasks that stand for lines of crontabs.
    func crontabTasks(socket: String = "/run/almanac/almanac.sock") -> [CrontabTask] {
        let answer = run(["curl", "--silent", "--unix-socket", socket, "http://localhost/api/tasks"])
        let tasks = try? JSONDecoder().decode([CrontabTask].self, from: Data(answer.standardOutput.utf8))
        return tasks?.filter { $0.line != nil } ?? []
    }

    private static let debianTests =
        #filePath.split(separator: "/").dropLast(2).map { "/\($0)" }.joined() + "/Debian"
}
