import AlmanacTesting
import Testing

@Suite("'almanac prove' and 'almanac lint' as programs: exit codes and streams")
struct ProveProgramTests {
    private static let crontab = """
        PATH=/usr/bin:/bin
        MAILTO=ops@example.org
        # Every night.
        30 4 * * * sort /etc/passwd
        0,30 2 * * * true
        */15 2 * * * uniq%one%two
        30 0-23 * * * true half past

        """

    private func almanac(_ arguments: String...) throws -> ChildProcess.Outcome {
        let environment = ["TZ": "Europe/Berlin", "PATH": "/usr/bin:/bin"]
        return try #require(ChildProcess.run([BuiltProgram.path("almanac")] + arguments, environment: environment))
    }

    @Test("a crontab is the same live, and imported until somebody changes a minute")
    func prove() throws {
        let folder = TemporaryFolder()
        let crontab = folder.write(Self.crontab, to: "crontab")
        let live = try almanac("prove", crontab, "--years", "2")
        #expect(live.exitCode == 0 && live.standardError == "", "\(live)")
        #expect(live.standardOutput.contains(": 3 the same, 1 with explained differences, 0 different; "), "\(live)")

        let imported = try almanac("import", "cron", crontab)
        #expect(imported.exitCode == 0, "\(imported)")
        let config = folder.write(imported.standardOutput, to: "almanac.toml")
        let same = try almanac("prove", crontab, "--config", config, "--years", "2", "--json")
        #expect(
            same.exitCode == 0 && same.standardOutput.contains("\"equal\":true"),
            "\(same)\n\(imported.standardOutput)"
        )

        let edited = imported.standardOutput.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.contains("30 4 * * *") ? "cron = \"31 4 * * *\"" : String($0) }.joined(separator: "\n")
        #expect(edited != imported.standardOutput)
        let other = try almanac("prove", crontab, "--config", folder.write(edited, to: "other.toml"), "--years", "2")
        #expect(other.exitCode == 1 && other.standardError == "", "\(other)")
        #expect(
            other.standardOutput.contains("different: cron starts it at times at which it does not run here: 73"),
            "\(other)"
        )
    }

    @Test("a linter's warnings are no failure, unless they are to be; faults are")
    func lint() throws {
        let folder = TemporaryFolder()
        let crontab = folder.write("PATH=/usr/bin:/bin\n* 4 * * * true\n", to: "crontab")
        let lenient = try almanac("lint", "--crontab", crontab)
        #expect(lenient.exitCode == 0 && lenient.standardError == "")
        #expect(
            lenient.standardOutput.hasPrefix("\(crontab):2: warning: '* 4 * * *' runs 60 times in hour 4"),
            "\(lenient)"
        )
        #expect(lenient.standardOutput.hasSuffix("\n1 job: 1 warning, 0 faults\n"))
        #expect(try almanac("lint", "--crontab", "--strict", crontab).exitCode == 1)
        let faulty = try almanac("lint", "--crontab", folder.write("61 * * * * true\n", to: "faulty"))
        #expect(faulty.exitCode == 1 && faulty.standardOutput.contains(":1: fault: "), "\(faulty)")
        let clean = try almanac("lint", "--crontab", "--json", folder.write("0 5 * * * true\n", to: "clean"))
        #expect(clean.exitCode == 0 && clean.standardOutput == "{\"jobs\":1,\"findings\":[]}\n")
    }

    @Test("a crontab's rules are explained where they are others")
    func explain() throws {
        let ours = try almanac("explain", "30 0-23 * * *")
        #expect(ours.standardOutput.contains("\nIn a crontab\ncron takes it for a fixed job"), "\(ours)")
        #expect(ours.standardOutput.hasSuffix("A line of a crontab gets dst_hourly = false.\n"))
        #expect(try !almanac("explain", "30 4 * * *").standardOutput.contains("In a crontab"))
        let crons = try almanac("explain", "--crontab", "*/15 2 * * *")
        #expect(crons.exitCode == 0 && crons.standardOutput.contains("they will be skipped."), "\(crons)")
        #expect(try almanac("explain", "--crontab", "5/15 * * * *").exitCode == 2)
    }
}
