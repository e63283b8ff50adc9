import AlmanacConfig
import AlmanacTesting
import Glibc
import Testing

@Suite("crontab(1) of Debian takes the lines that are taken here, and no others")
struct CrontabProgramTests {
    private static let isThere = unsafe access("/usr/bin/crontab", X_OK) == 0 && getuid() == 0

    /// The files of a folder that `crontab -n` finds no fault with.
    private static func taken(_ folder: TemporaryFolder) throws -> Set<String> {
        let script = "for file in *; do crontab -n \"$file\" 2>/dev/null && echo \"$file\"; done; true"
        let program = ChildProcess(
            ["/bin/sh", "-c", script],
            environment: ["LC_ALL": "C"],
            workingDirectory: folder.path
        )
        let outcome = try #require(program.wait(seconds: 300))
        return Set(outcome.standardOutput.split(separator: "\n").map(String.init))
    }

    @Test(
        "Thousands of lines made at random",
        .enabled(if: isThere, "Debian's cron is not installed, or the test is not root's")
    )
    func lines() throws {
        var samples = CrontabSamples(seed: 2026)
        var good: [String] = []
        var refused: [String] = []
        let folder = TemporaryFolder()
        for _ in 0..<12_000 {
            let line = samples.line()
            let crontab = CrontabFixture.user(line + "\n")
            #expect(crontab.lineCounts.total == 1)
            if crontab.faults.isEmpty { good.append(line) } else { refused.append(line) }
        }
        refused = Array(Set(refused).sorted().prefix(3000))
        // The good ones together, fifty a file, and each of the others by itself.
        var expected: Set<String> = []
        var contents: [String: String] = [:]
        for start in stride(from: 0, to: good.count, by: 50) {
            let name = "good\(start)"
            expected.insert(name)
            contents[name] = good[start..<min(start + 50, good.count)].joined(separator: "\n") + "\n"
        }
        for (index, line) in refused.enumerated() { contents["bad\(index)"] = line + "\n" }
        for (name, text) in contents { folder.write(text, to: name) }

        let taken = try Self.taken(folder)
        #expect(refused.count > 1000 && good.count > 5000)
        for name in taken.symmetricDifference(expected).sorted().prefix(20) {
            Issue.record("cron \(taken.contains(name) ? "takes" : "refuses") \(contents[name] ?? "")")
        }
    }

    @Test(
        "The last line without a newline",
        .enabled(if: isThere, "Debian's cron is not installed, or the test is not root's")
    )
    func end() throws {
        let folder = TemporaryFolder()
        let texts = [
            "@daily x", "@daily x\n ", "@daily x\n# y", "A=b", "@daily x\n\t\t", "", "\n", "@daily x\n@daily y",
        ]
        for (index, text) in texts.enumerated() { folder.write(text, to: "\(index)") }
        let taken = try Self.taken(folder)
        for (index, text) in texts.enumerated() {
            #expect(CrontabFixture.user(text).faults.isEmpty == taken.contains("\(index)"), "\(text)")
        }
    }
}
