import AlmanacRunProtocol
import AlmanacTesting
import CLinux
import Glibc
import Testing

@Suite("Not a byte of the output is lost or moved")
struct OutputTests {
    @Test("Binary output comes back byte for byte")
    func binary() throws {
        var run = try SupervisedRun("cat") {
            $0.standardInput = (0..<200_000).map { UInt8(truncatingIfNeeded: ($0 &* $0) >> 3) }
        }
        _ = try run.result()
        #expect(try run.raw() == (0..<200_000).map { UInt8(truncatingIfNeeded: ($0 &* $0) >> 3) })
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let commands: String
        let output: String
    }

    static let rows = [
        Row(testDescription: "nothing", commands: "true", output: ""),
        Row(testDescription: "no final newline", commands: "printf 'a\\nb'", output: "a\nb"),
        Row(testDescription: "a lone newline", commands: "echo", output: "\n"),
        Row(testDescription: "NULs", commands: "printf 'a\\0b\\0\\n\\0'", output: "a\0b\0\n\0"),
        Row(testDescription: "closed output", commands: "exec >&- 2>&-; exit 0", output: ""),
        Row(
            testDescription: "a line of 1 MB",
            commands: "head -c 1000000 /dev/zero | tr '\\0' x; echo",
            output: String(repeating: "x", count: 1_000_000) + "\n"
        ),
    ]

    @Test(arguments: rows)
    func output(row: Row) throws {
        var run = try SupervisedRun(row.commands)
        #expect(try run.result().exitCode == 0)
        #expect(try run.text() == row.output)
    }

    @Test("5 MB of lines come back byte for byte")
    func manyLines() throws {
        var run = try SupervisedRun("seq -f %099.0f 1 50000")
        #expect(try run.result().exitCode == 0)
        let expected = (1...50_000).flatMap { number in
            let digits = Array("\(number)\n".utf8)
            return [UInt8](repeating: UInt8(ascii: "0"), count: 100 - digits.count) + digits
        }
        #expect(try run.raw() == expected)
    }

    @Test("Both streams keep their order, with newlines or without")
    func order() throws {
        // Each step waits until the log has the one before it.
        var run = try SupervisedRun(
            """
            await() { until grep -q "$1\\$" "$RUN/log"; do :; done; }
            echo one; await one; echo two >&2; await two; printf three; await three
            printf four >&2; await four; echo five
            """
        )
        #expect(try run.result().exitCode == 0)
        #expect(try run.text() == "one\ntwo\nthreefourfive\n")
        let lines = try run.lines().map {
            "\($0.stream) \($0.isComplete ? "F" : "P") \(String(decoding: $0.text, as: UTF8.self))"
        }
        #expect(lines == ["stdout F one", "stderr F two", "stdout P three", "stderr P four", "stdout F five"])
    }

    @Test("A line without its newline is cut where the other stream goes on")
    func interleaved() throws {
        // The hold of 200 ms has not passed when the second stream writes.
        var run = try SupervisedRun("printf abc; sleep 0.05; echo x >&2; sleep 0.05; echo def")
        _ = try run.result()
        #expect(try run.text() == "abcx\ndef\n")
    }

    @Test("The log's times do not go back, and are those of the run")
    func times() throws {
        var run = try SupervisedRun("seq 1 100; sleep 0.01; seq 1 100")
        let result = try run.result()
        let times = try run.lines().map(\.nanosecondsSinceEpoch)
        #expect(times == times.sorted())
        #expect(times.count == 200)
        #expect(times[0] >= result.startedNanosecondsSinceEpoch!)
        #expect(times[199] <= result.endedNanosecondsSinceEpoch)
    }

    @Test("Log, start, lock and result are the owner's alone")
    func modes() throws {
        var run = try SupervisedRun("true")
        _ = try run.result()
        for path in [run.folder.logPath, run.folder.lockPath, run.folder.startedPath, run.folder.resultPath] {
            #expect(permissions(path) == 0o600)
        }
    }

    @Test("A file that cannot grow costs output, is told, and does not stop the command")
    func fileSizeLimit() throws {
        var run = try SupervisedRun("seq 1 20000; exit 5")
        // 64 blocks of 512 bytes in dash, of 1024 in bash.
        let result = try run.result(prefix: ["/bin/sh", "-c", "ulimit -f 64; exec \"$0\" \"$1\""])
        #expect(result.exitCode == 5)
        #expect(result.lostLogBytes > 50_000)
        #expect(result.message?.hasSuffix("bytes of output are not in the log: File too large") == true)
        let expected = Array((1...20_000).map { "\($0)\n" }.joined().utf8)
        var decoder = LogDecoder()
        var raw: [UInt8] = []
        decoder.decode(try run.log(), into: &raw)
        #expect(raw.count > 2000)
        #expect(expected.starts(with: raw))
    }

    @Test("The command may have as many descriptors as its spec says, and no more than its supervisor")
    func openFiles() throws {
        for (wanted, expected) in [(UInt64(100), "100 200\n"), (150, "150 200\n"), (1000, "150 200\n")] {
            var run = try SupervisedRun("echo $(ulimit -Sn) $(ulimit -Hn)") { $0.openFiles = wanted }
            let prefix = ["/bin/sh", "-c", "ulimit -Sn 150; ulimit -Hn 200; exec \"$0\" \"$1\""]
            #expect(try run.result(prefix: prefix).exitCode == 0)
            var decoder = LogDecoder()
            var raw: [UInt8] = []
            decoder.decode(try run.log(), into: &raw)
            #expect(String(decoding: raw, as: UTF8.self) == expected)
        }
    }

    @Test("The log keeps to its limit", arguments: [RunSpec.LogLimit.Policy.dropOld, .dropNew, .killTask])
    func limit(policy: RunSpec.LogLimit.Policy) throws {
        var run = try SupervisedRun("seq 1 20000; test -n \"$WAIT\" && sleep 1000; exit 0") {
            $0.logLimit = .init(maxBytes: 300_000, policy: policy)
            if policy == .killTask { $0.environment.append("WAIT=1") }
        }
        let result = try run.result()
        #expect(result.outcome == (policy == .killTask ? .logOverflow : .exited(code: 0)))
        let log = try run.log()
        let raw = try run.raw()
        #expect(log.count < 301_000)
        #expect(raw.count > 10_000)
        let all = Array((1...20_000).map { "\($0)\n" }.joined().utf8)
        #expect(policy == .dropOld ? all.reversed().starts(with: raw.reversed()) : all.starts(with: raw))
        #expect(raw.count + Int(result.lostLogBytes) == all.count || policy == .killTask)
        #expect(try run.lines().contains { $0.stream == .system })
        #expect(result.message != nil)
    }
}
