import AlmanacTesting
import FoundationEssentials
import Glibc
import Testing

@Suite(
    "What is wrong with a crontab is reported once, and disturbs nothing else",
    .enabled(if: geteuid() == 0, "crontabs with a user column are root's"),
    .enabled(if: WallShim.works, "no C compiler here")
)
struct BadCrontabTests {
    /// The script that makes the files, in a folder of system crontabs. Each name says what is wrong.
    private static let files = #"""
        printf '* * * * * root echo %0102400d\n* * * * * root true\n' 0 >long
        { head -c 65536 /dev/urandom; printf '\0\0\n* * * * * root true\n'; } >binary
        printf '* * * * * root true\n* * * * * root true' >no-newline
        printf '* * * * * no-such-user true\n* * * * * root true\n' >no-user
        printf '* * * * * root\n61 * * * * root true\n* * * * * root true\n' >broken
        printf 'MAILTO="ann\nbob"\n* * * * * root true\n' >newline
        printf 'MAILTO=ann\\nBcc:everyone@example.org\n* * * * * root true\n' >literal
        printf 'MAILTO=ann\rBcc:everyone@example.org\n* * * * * root true\n' >return
        mkfifo fifo
        mkdir folder
        ln -s loop loop
        ln -s nowhere dangling
        python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'
        truncate -s 100M huge
        printf '* * * * * root true\n' >writable
        chmod 666 writable
        printf '* * * * * root true\n' >theirs
        chown 65534 theirs
        chmod 644 long binary no-newline no-user broken newline literal return huge theirs
        """#

    /// What is reported of each file, by how often: once for a file that is not taken, once for each line that is not.
    private static let reports = [
        "long": 1, "no-newline": 1, "no-user": 1, "broken": 2, "newline": 2, "literal": 1, "return": 1,
        "fifo": 1, "folder": 1, "loop": 1, "dangling": 1, "socket": 1, "huge": 1, "writable": 1, "theirs": 1,
    ]

    /// The good lines of the bad files: `FILE:LINE`.
    private static let goodLines: Set = [
        "long:2", "no-newline:1", "no-user:2", "broken:3", "newline:3", "literal:2", "return:2", "good:1",
    ]

    @Test("Long, binary, endless, of nobody, no file at all, and replaced a hundred times a second")
    func torture() throws {
        let folder = TemporaryFolder()
        let crontabs = folder.file("cron.d")
        let made = try #require(
            ChildProcess.run(["sh", "-ec", "mkdir '\(crontabs)'; cd '\(crontabs)'; umask 022\n\(Self.files)"])
        )
        try #require(made.exitCode == 0, "\(made.standardError)")
        let ticks = folder.file("ticks")
        folder.write("* * * * * root date +\\%s >>\(ticks)\n", to: "cron.d/good")
        _ = unsafe chmod("\(crontabs)/good", 0o644)

        // Ten seconds before a minute, so that there is a tick in the middle of it all.
        let shim = WallShim(at: 1_800_000_000 - 10)
        let daemon = DaemonProcess(
            "[cron]\ninclude = [\"cron.d\"]\n",
            in: folder,
            environment: shim.environment.merging(["TZ": "UTC"]) { $1 }
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        let lines = try self.lines(of: daemon).filter { !$0.hasPrefix("binary:") }
        #expect(lines == Self.goodLines)
        let reports = self.reports(of: daemon, in: crontabs)
        for (name, count) in Self.reports {
            #expect(reports[name]?.count == count, "\(name): \(reports[name] ?? [])")
        }
        #expect(reports["binary"]?.isEmpty == false)
        #expect(reports["good"] == nil)

        // One is renamed over, one is rewritten in place, one comes and goes, while the daemon reads.
        let churn = ChildProcess([
            "sh", "-ec",
            """
            cd '\(crontabs)'
            umask 022
            for number in $(seq 1 500); do
                echo "* * * * * root true $number" >.new
                mv .new replaced
                echo "* * * * * root true $number" >rewritten
                echo "* * * * * root true $number" >vanishing
                rm vanishing
                sleep 0.01
            done
            printf '\\n\\n* * * * * root true\\n' >.new
            mv .new replaced
            printf '\\n\\n\\n* * * * * root true\\n' >rewritten
            """,
        ])
        #expect(churn.wait(seconds: 120)?.exitCode == 0)
        let settled = Self.goodLines.union(["replaced:3", "rewritten:4"])
        var last: Set<String> = []
        let isSettled = try eventually {
            last = try self.lines(of: daemon).filter { !$0.hasPrefix("binary:") }
            return last == settled
        }
        #expect(isSettled, "\(last)")
        #expect(
            eventually { TemporaryFolder.read(ticks) != nil },
            "the good job has not run\n\(daemon.child.standardError)"
        )

        let later = self.reports(of: daemon, in: crontabs)
        for name in Self.reports.keys {
            #expect(later[name] == reports[name], "\(name) was reported again")
        }
        // One log line for each time that it was looked at, and that is not for each change.
        let lineCount = daemon.child.standardError.split(separator: "\n").count
        #expect(lineCount < 300, "\(lineCount) lines of log")
        #expect(daemon.end()?.exitCode == 0)
    }

    /// The lines of the log that are about a file, by its name, but for those that say that it has changed.
    private func reports(of daemon: DaemonProcess, in folder: String) -> [String: [String]] {
        var reports: [String: [String]] = [:]
        for line in daemon.child.standardError.split(separator: "\n") where !line.contains("crontab_changed") {
            guard let range = line.firstRange(of: "\(folder)/") else { continue }
            let name = line[range.upperBound...].prefix { $0.isLetter || $0 == "-" }
            reports[String(name), default: []].append(String(line))
        }
        return reports
    }

    /// The lines of crontabs that are tasks: `FILE:LINE`.
    private func lines(of daemon: DaemonProcess) throws -> Set<String> {
        struct Task: Decodable {
            let file: String?
            let line: Int?

            enum CodingKeys: String, CodingKey {
                case file = "crontab_file"
                case line = "crontab_line"
            }
        }
        let tasks = try JSONDecoder().decode([Task].self, from: Data(daemon.get("/api/tasks").body.utf8))
        return Set(
            tasks.map { task in
                "\(task.file?.split(separator: "/").last ?? ""):\(task.line ?? 0)"
            }
        )
    }
}
