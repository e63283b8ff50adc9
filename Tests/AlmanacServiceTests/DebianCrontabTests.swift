import AlmanacTesting
import FoundationEssentials
import Testing

@Suite("The crontabs of Debian's own packages", .underSystemd, .withDebianPackages)
struct DebianCrontabTests {
    /// The users that the packages make for themselves.
    private static let users = ["amavis", "logcheck", "munin"]

    /// The crontabs with a line for each boot.
    private static let startsAtBoot: Set = ["logcheck"]

    /// The programs that stand in for the packages' own, each a copy of `Tests/Debian/program`.
    private static let programs = [
        "/usr/sbin/amavisd-new-cronjob", "/usr/share/awstats/tools/update.sh",
        "/usr/share/awstats/tools/buildstatic.sh",
        "/usr/sbin/backupninja", "/usr/sbin/cron-apt", "/usr/sbin/logcheck", "/usr/bin/mailman",
        "/usr/share/mdadm/checkarray", "/usr/bin/munin-cron", "/usr/share/munin/munin-limits", "/etc/munin/plugins/apt",
        "/usr/lib/sysstat/debian-sa1", "/usr/sbin/tigercron",
        "/etc/cron.hourly/hourly", "/etc/cron.daily/daily", "/etc/cron.weekly/weekly", "/etc/cron.monthly/monthly",
    ]

    /// A box with the packages' users and programs, and their crontabs in `/srv/crontabs`; its zone has clock changes.
    private static func box() throws -> SystemdBox {
        let box = try SystemdBox.withCron()
        let outcome = box.shell(
            """
            for user in \(users.joined(separator: " ")); do useradd --system --home-dir /var/lib/$user $user; done
            for program in \(programs.joined(separator: " ")); do
                mkdir -p "${program%/*}"
                cp /tests/program "$program"
            done
            ln -sf /usr/share/zoneinfo/Europe/Berlin /etc/localtime
            mkdir -p /srv/crontabs
            cp /packages/*/etc/cron.d/* /packages/cron-daemon-common/etc/crontab /srv/crontabs
            chmod 644 /srv/crontabs/*
            """
        )
        try #require(outcome.exitCode == 0, "\(outcome.standardError)")
        return box
    }

    @Test("Each is taken whole, imports to a file that almanac check passes, is proved equal, has no lint")
    func commands() throws {
        let box = try Self.box()
        let files = box.output("ls /srv/crontabs").split(separator: "\n").map(String.init)
        #expect(files.count == DebianPackages.crontabs.count + 1)
        #expect(files.count >= 13)
        for file in files {
            let path = "/srv/crontabs/\(file)"
            let entries = Int(box.output("grep -cE '^[0-9*@]' \(path) || true"))
            let imported = box.run(["almanac", "import", "cron", "--system", path])
            #expect(imported.exitCode == 0, "\(file): \(imported.standardError)")
            box.write(imported.standardOutput, to: "/srv/imported/\(file).toml")
            let checked = box.run(["almanac", "check", "--config", "/srv/imported/\(file).toml"])
            #expect(checked.exitCode == 0, "\(file): \(checked)\n\(imported.standardOutput)")
            let tasks = imported.standardOutput.split(separator: "\n").filter { $0.hasPrefix("[tasks.") }.count
            #expect(tasks == entries, "\(file): \(imported)")

            let live = box.run(["almanac", "prove", "--system", path])
            #expect(live.exitCode == 0, "\(file): \(live)")
            let proved = box.run(["almanac", "prove", "--system", path, "--config", "/srv/imported/\(file).toml"])
            if Self.startsAtBoot.contains(file) {
                // What almanac.toml says of @reboot is another thing, and the import says so too.
                #expect(proved.exitCode == 1 && proved.standardOutput.contains("cron runs it once a boot"), "\(proved)")
                #expect(proved.standardOutput.contains(" 1 different; "), "\(proved)")
                #expect(imported.standardError.contains("doubt: @reboot"))
            } else {
                #expect(proved.exitCode == 0, "\(file): \(proved)")
            }

            let lint = box.run(["almanac", "lint", "--crontab", "--system", "--strict", path])
            #expect(lint.exitCode == 0, "\(file): \(lint.standardOutput)\(lint.standardError)")
        }
    }

    /// Their times made "each minute": every line of every package is run by both in the same minute.
    @Test("Each line runs as under Debian's cron beside it")
    func runs() throws {
        let box = try Self.box()
        let prepared = box.shell(
            #"""
            sed -i -E -e 's/^@[a-z]+/* * * * */' \
                -e '/^[0-9*]/s/^([^[:space:]]+[[:space:]]+){4}[^[:space:]]+/* * * * */' /srv/crontabs/*
            cp /srv/crontabs/crontab /etc/crontab
            mkdir -p /srv/cron.d
            for file in /srv/crontabs/*; do
                [ "${file##*/}" = crontab ] || cp "$file" /etc/cron.d/ && cp "$file" /srv/cron.d/
            done
            """#
        )
        try #require(prepared.exitCode == 0, "\(prepared.standardError)")
        box.configure("[cron]\ninclude = [\"/srv/cron.d\"]\n")
        #expect(box.systemctl("start", "almanac", "cron") == 0, "\(box.report)")

        var cron: [String: String] = [:]
        var almanac: [String: String] = [:]
        _ = eventually(within: 90) {
            (cron, almanac) = (box.findings(under: "cron"), box.findings(under: "almanac-run"))
            return cron.count >= Self.leastCount && cron.keys == almanac.keys
        }
        #expect(cron.count >= Self.leastCount, "\(cron.keys.sorted())\n\(box.report)")
        #expect(cron.keys.sorted() == almanac.keys.sorted(), "\(box.report)")
        for name in ["debian-sa1-1-1", "munin-cron-", "mailman-notify", "hourly-", "tigercron--q"] {
            #expect(almanac.keys.contains { $0.hasSuffix(name) }, "\(name) has not run: \(almanac.keys.sorted())")
        }
        for (name, facts) in cron {
            #expect(almanac[name] == facts, "\(name)")
        }
    }

    /// How many programs there are that run on each day, in a box that has a systemd.
    private static let leastCount = 20
}
