import AlmanacRunProtocol
import CLinux
import Glibc
import Testing

@Suite("The command runs as the spec says")
struct CommandEnvironmentTests {
    @Test("Arguments, environment and folder are the spec's and nothing else")
    func surroundings() throws {
        var run = try SupervisedRun("printf '%s|' \"$0\" \"$@\"; pwd; env | sort; umask; ls /proc/self/fd | wc -l") {
            $0.argv += ["zero", "one two", "", "$HOME;`id`"]
            $0.environment.append(ByteString(bytes: Array("BYTES=".utf8) + [0xFF, 0xFE]))
            $0.workingDirectory = "/usr/bin"
            $0.umask = 0o027
        }
        #expect(try run.result().exitCode == 0)
        let lines = try run.raw().split(separator: UInt8(ascii: "\n")).map(Array.init)
        let text = lines.map { String(decoding: $0, as: UTF8.self) }
        #expect(text[0] == "zero|one two||$HOME;`id`|/usr/bin")
        #expect(lines[1] == Array("BYTES=".utf8) + [0xFF, 0xFE])
        // The shell sets PWD, and OLDPWD in some.
        #expect(
            Set(text[2..<(text.count - 2)].map { $0.prefix { $0 != "=" } }).isSubset(of: [
                "PATH", "PWD", "OLDPWD", "RUN", "_", "SHLVL",
            ])
        )
        #expect(text[text.count - 2].hasSuffix("27"))
        // 0, 1, 2, and the one through which ls reads the folder.
        #expect(text[text.count - 1] == "4")
    }

    @Test("The command leads a session and a group of its own")
    func session() throws {
        var run = try SupervisedRun("exec cut -d' ' -f1,5,6 /proc/self/stat")
        #expect(try run.result().exitCode == 0)
        let numbers = try run.text().split(whereSeparator: { $0 == " " || $0 == "\n" })
        #expect(numbers.count == 3 && Set(numbers).count == 1)
    }

    @Test("The command has default signals and an empty mask, whatever the supervisor inherited")
    func signals() throws {
        // No shell: it would have a mask of its own.
        var run = try SupervisedRun("") {
            $0.argv = ["/usr/bin/env", "grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"]
        }
        #expect(try run.result(prefix: ["/bin/sh", "-c", "trap '' HUP PIPE TERM; exec \"$0\" \"$1\""]).exitCode == 0)
        #expect(try run.text() == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n")
    }

    @Test("The nice value is the spec's")
    func nice() throws {
        var run = try SupervisedRun("cut -d' ' -f19 /proc/self/stat") { $0.nice = 11 }
        _ = try run.result()
        #expect(try run.text() == "11\n")
    }

    @Test("The command reads the spec's bytes, or nothing", arguments: [0, 5, 300_000])
    func standardInput(count: Int) throws {
        let input = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var run = try SupervisedRun("cat") { $0.standardInput = input }
        #expect(try run.result().exitCode == 0)
        #expect(try run.raw() == input)
        var silent = try SupervisedRun("cat")
        #expect(try silent.result().exitCode == 0)
        #expect(try silent.raw().isEmpty)
    }

    @Test("The command takes the spec's user and groups", .enabled(if: geteuid() == 0, "only root can change the user"))
    func identity() throws {
        var run = try SupervisedRun("id -u; id -g; id -G; cat \"$RUN/spec\" 2>/dev/null || echo hidden") {
            $0.identity = .init(userID: 65_534, groupID: 65_533, supplementaryGroupIDs: [65_533, 4])
        }
        #expect(try run.result().exitCode == 0)
        let lines = try run.text().split(separator: "\n")
        #expect(lines[0...2] == ["65534", "65533", "65533 4"])
        #expect(lines.last == "hidden")
    }

    @Test("The death signal holds for another user too", .enabled(if: geteuid() == 0, "only root can change the user"))
    func deathSignalOfOtherUser() throws {
        var run = try SupervisedRun("echo pid $$; exec sleep 1000") {
            $0.identity = .init(userID: 65_534, groupID: 65_534, supplementaryGroupIDs: [])
        }
        try run.start()
        try run.awaitLog("pid ")
        let command = try #require(Int32(try run.text().dropFirst(4).dropLast()))
        kill(run.supervisor, SIGKILL)
        try run.end()
        try SupervisedRun.awaitEnd(of: command)
    }

    @Test("A user that cannot be taken is a failed start", .enabled(if: geteuid() != 0, "root can take any user"))
    func foreignIdentity() throws {
        var run = try SupervisedRun("true") {
            $0.identity = .init(userID: 0, groupID: 0, supplementaryGroupIDs: [])
        }
        #expect(
            try run.result().outcome
                == .startFailed(message: "cannot take the groups of user 0: Operation not permitted")
        )
    }
}
