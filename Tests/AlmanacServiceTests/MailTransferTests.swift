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
            !["Received: ", "\t", "Date: ", "Message-Id: ", "X-Cron-Env: "].contains { line.hasPrefix($0) }
        }
        while lines.last == "" { lines.removeLast() }
        return lines
    }

    @Test("It is, header for header and byte for byte, what Debian's cron has it deliver for the same job")
    func besideCron() throws {
        let box = try box()
        let command = #"printf 'out\n'; printf 'err\n' >&2; printf '\344\366'; exit 3"#
        box.write("* * * * * worker \(command)\n", to: "/etc/crontab")
        box.shell("chmod 644 /etc/crontab")
        box.configure(
            """
            [tasks.job]
            conventions = "cron"
            user = "worker"
            mail_to = "worker"
            run = "\(command.replacing("\\", with: "\\\\"))"
            [tasks.both]
            user = "worker"
            mail_to = "worker,root"
            mail_on = "failure"
            run = "echo hello; exit 4"
            [tasks.nobody]
            conventions = "cron"
            user = "worker"
            run = "echo nobody reads it"
            """
        )
        #expect(box.systemctl("start", "almanac", "cron") == 0, "\(box.report)")
        for task in ["nobody", "job", "both"] { box.run(["almanac", "run", task, "--wait"]) }
        #expect(eventually { messages(of: "root", in: box).count == 1 }, "\(box.report)")
        // The next minute is cron's.
        _ = eventually(within: 75) { messages(of: "worker", in: box).count >= 3 }
        let worker = messages(of: "worker", in: box)
        let theirs = try #require(worker.first { $0.contains { $0.hasPrefix("X-Cron-Env: ") } }, "\(box.report)")
        let ours = try #require(worker.first { $0.contains("Subject: Cron <worker@box> \(command)") }, "\(worker)")
        #expect(!ours.contains { $0.hasPrefix("X-Cron-Env: ") }, "it is no line of a crontab")
        #expect(comparable(ours) == comparable(theirs))
        #expect(comparable(theirs).suffix(4) == ["", "out", "err", "M-dM-v"], "\(theirs)")

        // One message to each of several addresses, by Almanac's own conventions.
        let subject = "Subject: Almanac <worker@box> both: failed (exit code 4)"
        #expect(worker.filter { $0.contains(subject) }.count == 1)
        #expect(messages(of: "root", in: box)[0].contains(subject))
        #expect(comparable(messages(of: "root", in: box)[0]).suffix(2) == ["", "hello"])
        #expect(!worker.contains { $0.contains { $0.contains("nobody reads it") } })
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
