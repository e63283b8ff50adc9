import AlmanacAPI
import AlmanacTesting
import FoundationEssentials
import Testing

/// Both run the same lines in the same minute: cron from its own places, the daemon from copies of them.
@Suite(
    "A job under Almanac finds and does what it finds and does under Debian's cron beside it",
    .underSystemd,
    .withDebianPackages
)
struct CronBesideTests {
    /// Lines for `/etc/crontab`; a job is named by what it gives its probe.
    static let system = #"""
        # No variable yet: cron's own values.
        * * * * * root name=root; . /usr/local/lib/probe
        * * * * * nobody name=no-home; . /usr/local/lib/probe
        * * * * * worker name=member; . /usr/local/lib/probe
        * * * * * worker echo out; echo error >&2; echo out again; exit 3 # both-streams
        * * * * * worker (sleep 2; echo later) & echo at once # background
        * * * * * worker true # silent
        * * * * * worker exit 7 # fails-silently
        * * * * * worker printf 'no newline at the end' # no-newline
        * * * * * worker printf 'caf\303\251 \377\n' # bytes
        * * * * * worker name=input; input=yes; . /usr/local/lib/probe%one%two \% three%%four\
        * * * * * worker name=no-input; input=yes; . /usr/local/lib/probe
        * * * * * worker name=percent; . /usr/local/lib/probe; : \% \\% never mind
        * * * * * worker name=backslashes; . /usr/local/lib/probe; : \n \\n 'a\b' \
        SHELL=/bin/bash
        PATH = "/usr/local/bin:/usr/bin:/bin"
        HOME=/tmp
        LOGNAME=somebody
        TZ=Asia/Kathmandu
          "Q Q" = 'x  y '
        EMPTY=""
        LITERAL=$HOME \n "half
        MAILTO="one@example.org,two"
        MAILFROM=cron@example.org
        * * * * * worker name=set; . /usr/local/lib/probe
        * * * * * worker date +\%Z # several-addresses
        MAILTO=""
        * * * * * worker echo nobody reads it # no-mail
        MAILTO=bad;address
        * * * * * worker echo nobody reads it # unsafe-address
        MAILTO=worker
        MAILFROM="-x"
        CONTENT_TYPE="text/html; charset=utf-8"
        CONTENT_TRANSFER_ENCODING=quoted-printable
        HOME=/nowhere
        SHELL=/bin/sh
        * * * * * worker name=lost; . /usr/local/lib/probe; pwd # content-type
        SHELL=/bin/no-shell
        * * * * * worker never run # no-shell

        """#

    /// Lines for worker's own crontab.
    static let own = #"""
        * * * * * name=own; . /usr/local/lib/probe; echo own; ulimit -n # own-mail
        LANG=de_AT.UTF-8
        PATH=/usr/bin
        * * * * * name=own-set; . /usr/local/lib/probe

        """#

    /// `/etc/environment`, which PAM gives to every job: what pam_env takes, and what it passes over.
    static let environment = #"""
        A=1
        export B="two words"
        C=with a comment # here
        LANG=en_US.UTF-8
        PATH=/only/environment:/bin
        QUOTED='single'
        D=two \
        lines
        E = blanks
        NOT A VARIABLE
        =nameless
        EMPTY_ONE=
        """#

    @Test("Variables, shell, folder, user and groups, limits, signals, input, streams, mail and exit codes")
    func jobs() throws {
        let box = try SystemdBox.withCron()
        box.write(Self.environment, to: "/etc/environment")
        box.write("LANG=C.UTF-8\nLC_TIME=\"de_DE.UTF-8\"\n", to: "/etc/default/locale")
        box.write(Self.system, to: "/etc/crontab")
        box.write(Self.own, to: "/var/spool/cron/crontabs/worker")
        box.write(Self.system, to: "/srv/crontabs/system")
        box.write(Self.own, to: "/srv/crontabs/own")
        box.shell(
            """
            chown worker: /var/spool/cron/crontabs/worker /srv/crontabs/own
            chmod 600 /var/spool/cron/crontabs/worker /srv/crontabs/own
            chmod 644 /etc/crontab /srv/crontabs/system
            """
        )
        box.configure(
            """
            [cron]
            include = ["/srv/crontabs/system", { path = "/srv/crontabs/own", user = "worker" }]
            """
        )
        #expect(box.systemctl("start", "almanac", "cron") == 0, "\(box.report)")

        let mails = [
            "both-streams", "background", "no-newline", "bytes", "several-addresses", "content-type", "no-shell",
            "own-mail",
        ]
        let probes = [
            "root", "no-home", "member", "input", "no-input", "percent", "backslashes", "set", "lost", "own", "own-set",
        ]
        let names = Set(probes + mails.map { "mail-\($0)" })
        // The next minute, and what a busy machine takes.
        var cron: [String: String] = [:]
        var almanac: [String: String] = [:]
        _ = eventually(within: 90) {
            (cron, almanac) = (box.findings(under: "cron"), box.findings(under: "almanac-run"))
            return names.isSubset(of: cron.keys) && names.isSubset(of: almanac.keys)
        }
        #expect(Set(cron.keys) == names, "under cron\n\(box.report)")
        #expect(Set(almanac.keys) == names, "under Almanac\n\(box.report)")
        for name in names.sorted() {
            let (theirs, ours) = (Self.lines(cron[name]), Self.lines(almanac[name]))
            if name == "mail-no-shell" {
                // Both say so in the place of the output, in their own words.
                #expect(ours.dropLast(2) == theirs.dropLast(2))
                for line in [theirs.dropLast().last, ours.dropLast().last] {
                    #expect(line?.contains("/bin/no-shell") == true && line?.contains("No such file") == true)
                }
            } else {
                #expect(ours == theirs, "\(name): \(Self.difference(theirs, ours))")
            }
        }

        // What the comparison stands on: that cron's side says what crontab(5) does.
        let member = try #require(cron["member"])
        for line in [
            "variable PATH=/usr/bin:/bin", "variable HOME=/home/worker", "variable B=two words", "folder /home/worker",
            "command /bin/sh|-c|name=member; . /usr/local/lib/probe|",
        ] {
            #expect(member.split(separator: "\n").contains(Substring(line)), "\(line) is not in\n\(member)")
        }
        #expect(member.contains("(team)"))
        #expect(cron["no-home"]?.contains("folder /var/spool/cron\n") == true)
        #expect(cron["mail-background"]?.hasSuffix("\nat once\n.") == true)
        #expect(cron["mail-several-addresses"]?.contains("\nTo: one@example.org,two\n") == true)

        // cron keeps no exit codes. The daemon does.
        func exitCode(_ name: String) throws -> Int64? {
            let lines = Self.system.split(separator: "\n", omittingEmptySubsequences: false)
            let index = try #require(lines.firstIndex { $0.hasSuffix("# \(name)") })
            let task = try #require(
                box.crontabTasks().first { $0.line == index + 1 && $0.file == "/srv/crontabs/system" }
            )
            return box.runs("task_name=\(task.name)").compactMap(\.exitCode).first
        }
        #expect(try exitCode("both-streams") == 3)
        #expect(try exitCode("fails-silently") == 7)
        #expect(try exitCode("silent") == 0)
    }

    private static func lines(_ text: String?) -> [Substring] {
        (text ?? "").split(separator: "\n", omittingEmptySubsequences: false)
    }

    private static func difference(_ theirs: [Substring], _ ours: [Substring]) -> String {
        let lines = ours.difference(from: theirs).map { change in
            switch change {
            case .remove(_, let line, _): "cron's:    \(line)"
            case .insert(_, let line, _): "Almanac's: \(line)"
            }
        }
        return "\n" + lines.joined(separator: "\n")
    }
}
