import AlmanacAPI
import AlmanacTesting
import CLinux
import Glibc
import Testing

@Suite("A stop that comes during the start is a stop like any other")
struct EarlyStopTests {
    static let configuration = """
        [tasks.boot]
        run = "echo $ALMANAC_RUN_ID >> ran"
        run_on_start = true
        queue_max = 1000
        [tasks.reboot]
        run = "true"
        cron = "@reboot"
        queue_max = 1000
        """

    /// Starts a daemon that finds a signal of the first moment once it looks for signals, as any later one.
    private func start(in folder: TemporaryFolder) throws -> DaemonProcess {
        let daemon = DaemonProcess(nil, in: folder, prefix: ["env", "--block-signal=TERM", "--block-signal=INT"])
        // Up to the exec it is another program, which a signal would end.
        let isAlmanac = eventually { Self.program(of: daemon.child.pid).hasSuffix("/almanac") }
        try #require(isAlmanac, "\(daemon.child.standardError)")
        return daemon
    }

    private static func program(of pid: Int32) -> String {
        var path = [UInt8](repeating: 0, count: 4096)
        let count = unsafe path.withUnsafeMutableBytes { bytes in
            unsafe readlink("/proc/\(pid)/exe", bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        return String(decoding: path.prefix(max(0, count)), as: UTF8.self)
    }

    private static func milliseconds() -> Int {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }

    @Test("At any moment from the exec on it exits with 0, and everything is recorded", arguments: [SIGTERM, SIGINT])
    func anyMoment(signal: Int32) throws {
        let folder = TemporaryFolder()
        folder.write(Self.configuration, to: "almanac.toml")
        // How long a start takes here and now; the moments are spread over a little more.
        let first = try start(in: folder)
        let begin = Self.milliseconds()
        try #require(first.isReady(), "\(first.child.standardError)")
        let whole = Self.milliseconds() - begin
        #expect(first.end(signal)?.exitCode == 0)

        let count = 40
        for number in 0..<count {
            let daemon = try start(in: folder)
            let moment = whole * number * 5 / (count * 4)
            _ = poll(nil, 0, Int32(moment))
            let outcome = daemon.end(signal)
            let circumstances = "after \(moment) of \(whole) ms: \(daemon.child.standardError)"
            #expect(outcome?.exitCode == 0, "\(circumstances)")
            #expect(outcome?.standardError.contains("critical") == false, "\(circumstances)")
            #expect(outcome?.standardError.contains(" error") == false, "\(circumstances)")
        }

        let last = DaemonProcess(nil, in: folder)
        try #require(last.isReady(), "\(last.child.standardError)")
        #expect(eventually { last.runs("status=pending,running").isEmpty })
        let runs = last.runs()
        // SIGINT ends what it finds; a run that had ended before is a success.
        #expect(
            runs.allSatisfy { ["success", signal == SIGINT ? "daemon_stopped" : "success"].contains($0.endReason) },
            "\(Set(runs.compactMap(\.endReason)))"
        )
        // Each start made a run of each task or of none; the first one and the last one got so far for certain.
        let boots = runs.filter { $0.taskName == "boot" }
        #expect(boots.count == runs.count - boots.count && boots.count >= 2)
        let ran = String(decoding: TemporaryFolder.read(folder.file("ran")) ?? [], as: UTF8.self)
            .split(separator: "\n").map(String.init)
        #expect(Set(ran).count == ran.count, "a run was run twice")
        let successes = Set(boots.filter { $0.endReason == "success" }.map(\.id))
        #expect(successes.isSubset(of: ran), "a success that nobody ran")
        if signal == SIGTERM { #expect(successes == Set(ran), "a run that is not recorded") }
    }
}
