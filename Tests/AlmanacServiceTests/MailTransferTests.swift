import AlmanacAPI
import AlmanacTesting
import Glibc
import Testing

@Suite("A real mail transfer agent delivers what cron's jobs print", .underSystemd, .withMailer)
struct MailTransferTests {
    /// dma, Debian's cron and the daemon's service, none of them started, and a user `worker`.
    private func box() throws -> SystemdBox {
        let box = try SystemdBox(binds: ["/units": UnitTextTests.folder, "/packages": Mailer.folder])
        let outcome = box.shell(
            """
            cp -a /packages/dma/usr/. /usr/
            mkdir -p /etc/dma /etc/default /etc/pam.d /etc/cron.d /var/mail /var/spool/dma /var/spool/cron/crontabs
            cp -a /packages/dma/etc/dma/. /usr/share/dma/dma.conf /etc/dma/
            echo box.example.org > /etc/mailname
            chgrp mail /var/mail /var/spool/dma
            chmod 2775 /var/mail
            chmod 2770 /var/spool/dma
            cp /packages/cron/usr/sbin/cron /usr/sbin/cron
            cp /packages/cron/etc/pam.d/cron /etc/pam.d/
            cp /packages/cron/lib/systemd/system/cron.service /units/system/almanac.service /etc/systemd/system/
            touch /etc/environment /etc/default/locale
            useradd --create-home worker
            systemctl daemon-reload
            """
        )
        try #require(outcome.exitCode == 0, "\(outcome.standardError)")
        return box
    }

    /// The messages that a user has got: their lines.
    private func messages(of user: String, in box: SystemdBox) -> [[String]] {
        var messages: [[String]] = []
        // What is no UTF-8 stays to be seen.
        let lines = box.output("cat -v /var/mail/\(user) 2>/dev/null || true").split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        for line in lines {
            if line.hasPrefix("From ") { messages.append([]) }
            if !messages.isEmpty { messages[messages.count - 1].append(String(line)) }
        }
        return messages
    }

    /// The lines of a message without those in which any two differ, and without the empty ones that the mailbox has behind it.
    private func comparable(_ message: [String]) -> [String] {
        var lines = message.dropFirst().filter { line in
            !["Received: ", "\t", "Date: ", "Message-Id: "].contains { line.hasPrefix($0) }
        }
        while lines.last == "" { lines.removeLast() }
        return lines
    }

    private static let crontab = #"""
        * * * * * worker printf 'out\n'; printf 'err\n' >&2; printf '\344\366'; exit 3
        MAILTO=root
        MAILFROM=ops@example.org
        CONTENT_TYPE="text/plain; charset=ISO-8859-15"
        HOME=/tmp
        * * * * * worker pwd; cat%one%two \% three
        MAILTO=""
        * * * * * worker echo nobody reads it
        * * * * * worker touch /tmp/came-$PPID

        """#

    @Test("It is, header for header and byte for byte, what Debian's cron has it deliver for the same line")
    func besideCron() throws {
        let box = try box()
        box.write(Self.crontab, to: "/etc/crontab")
        box.write(Self.crontab, to: "/srv/crontab")
        box.shell("chmod 644 /etc/crontab /srv/crontab")
        box.configure("[cron]\ninclude = [\"/srv/crontab\"]")
        #expect(box.systemctl("start", "almanac", "cron") == 0, "\(box.report)")
        // The next minute, twice of each: cron's and the daemon's.
        let isComplete = eventually(within: 80) {
            messages(of: "worker", in: box).count >= 2 && messages(of: "root", in: box).count >= 2
        }
        #expect(isComplete, "\(box.report)")
        let subjects = [
            #"Subject: Cron <worker@box> printf 'out\n'; printf 'err\n' >&2; printf '\344\366'; exit 3"#,
            "Subject: Cron <worker@box> pwd; cat",
        ]
        for (user, subject) in [("worker", subjects[0]), ("root", subjects[1])] {
            let alike = messages(of: user, in: box).filter { $0.contains(subject) }.map(comparable)
            #expect(alike.count >= 2 && Set(alike).count == 1, "\(alike)")
            #expect(alike.first?.filter { $0.hasPrefix("X-Cron-Env: ") }.count == (subject == subjects[0] ? 4 : 7))
        }
        let first = try #require(messages(of: "worker", in: box).first { $0.contains(subjects[0]) })
        #expect(comparable(first).suffix(4) == ["", "out", "err", "M-dM-v"])
        let second = try #require(messages(of: "root", in: box).first)
        #expect(comparable(second).suffix(4) == ["", "/tmp", "one", "two % three"])
        #expect(second.contains("From: ops@example.org") && second.contains("To: root"))
        #expect(second.contains("Content-Type: text/plain; charset=ISO-8859-15"))
        #expect(!messages(of: "worker", in: box).contains { $0.contains { $0.contains("nobody reads it") } })
        // Both have been at it.
        #expect(box.runs().filter { $0.triggeredBy == "cron" && $0.endReason != nil }.count >= 4, "\(box.report)")
        #expect((Int(box.output("ls /tmp | grep -c came- || true")) ?? 0) >= 2)
    }

    @Test("By Almanac's own conventions it has the outcome and the facts of the run, for each of several addresses")
    func ownConventions() throws {
        let box = try box()
        box.configure(
            """
            [tasks.both]
            user = "worker"
            mail_to = ["worker", "root"]
            mail_on = "failure"
            run = "echo hello; exit 4"
            """
        )
        #expect(box.systemctl("start", "almanac") == 0, "\(box.report)")
        box.run(["almanac", "run", "both", "--wait"])
        for user in ["worker", "root"] {
            #expect(eventually { messages(of: user, in: box).count == 1 }, "\(box.report)")
            let message = try #require(messages(of: user, in: box).first)
            #expect(message.contains("Subject: Almanac <worker@box> both: failed (exit code 4)"))
            #expect(message.contains("Reason:   failed (exit code 4)"))
            #expect(comparable(message).suffix(2) == ["", "hello"])
        }
    }

    @Test("A daemon that is killed as the run ends is followed by one whose mail arrives, once")
    func killed() throws {
        let box = try box()
        box.configure(
            """
            [tasks.job]
            conventions = "cron"
            user = "worker"
            mail_to = "worker"
            run = "echo begun; until [ -e /tmp/go ]; do sleep 0.02; done; echo done"
            """
        )
        #expect(box.systemctl("start", "almanac") == 0, "\(box.report)")
        let id = try #require(box.begin(["job"]).first, "\(box.report)")
        box.shell("systemctl kill --kill-whom=main --signal=KILL almanac; systemctl stop almanac; touch /tmp/go")
        #expect(eventually { box.output("ls /var/lib/almanac/runs/job/\(id)").contains("result") }, "\(box.report)")
        #expect(messages(of: "worker", in: box) == [])
        #expect(box.systemctl("start", "almanac") == 0, "\(box.report)")
        #expect(eventually { messages(of: "worker", in: box).count == 1 }, "\(box.report)")
        #expect(comparable(messages(of: "worker", in: box)[0]).suffix(3) == ["", "begun", "done"])
        #expect(eventually { box.output("ls /var/lib/almanac/mail") == "" })
    }
}

@Suite("Under systemd a run of cron's conventions is known by its cgroup", .underSystemd)
struct CronControlGroupTests {
    @Test(
        "What has a session of its own, no parent, no output and an empty environment goes with a run whose supervisor is killed"
    )
    func killed() throws {
        let box = try SystemdBox.withUnits(of: "system")
        box.configure(
            """
            [tasks.hiding]
            conventions = "cron"
            run = '''
                (exec env -i /usr/bin/setsid /bin/sh -c 'exec /bin/sleep 98765 >/dev/null 2>&1' &)
                until pgrep -x sleep > /dev/null; do /bin/sleep 0.01; done; echo begun; while [ ! -e /run/go ]; do /bin/sleep 0.1; done
                '''
            """
        )
        try #require(box.systemctl("start", "almanac") == 0, "\(box.report)")
        let hiding = try #require(box.begin(["hiding"]).first, "\(box.report)")
        // Not by the mark: the cgroup alone is to tell.
        box.shell("systemctl kill --kill-whom=main --signal=KILL almanac; systemctl stop almanac")
        box.shell("rm /var/lib/almanac/runs/hiding/\(hiding)/mark; pkill -9 -x almanac-run")
        #expect(box.output("pgrep -f '[s]leep 98765' | wc -l") == "1")
        #expect(box.systemctl("start", "almanac") == 0, "\(box.report)")
        #expect(eventually { box.runs().first { $0.id == hiding }?.endReason == "crashed" }, "\(box.report)")
        #expect(box.output("pgrep -f '[s]leep 98765' || true") == "", "\(box.report)")
    }
}

/// Debian's dma and cron, as `Tests/Systemd/mailer` has fetched them.
enum Mailer {
    static let folder = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined() + "/.build/mailer"
}

extension Trait where Self == ConditionTrait {
    /// Skips, and says why, where there is no mail transfer agent for the box.
    static var withMailer: Self {
        .enabled(
            if: unsafe access("\(Mailer.folder)/dma/usr/sbin/dma", R_OK) == 0,
            "dma and cron are not here: Tests/Systemd/mailer .build/mailer, on a Debian"
        )
    }
}
