import AlmanacAPI
import AlmanacTesting
import Glibc
import Testing

/// A file system of a daemon's own, in memory.
enum SmallDisk {
    static let canBeMounted =
        ChildProcess.run(["unshare", "-m", "sh", "-c", "mount -t tmpfs none /mnt"])?.exitCode == 0
}

@Suite(
    "A full disk stops nothing for longer than it is full",
    .enabled(if: SmallDisk.canBeMounted, "needs root and a mount namespace of its own")
)
struct FullDiskTests {
    @Test("Runs are refused with an error while the disk is full, and made again once there is room")
    func fullDisk() throws {
        let folder = TemporaryFolder()
        let data = folder.file("data")
        let daemon = DaemonProcess(
            """
            [tasks.fill]
            run = "cat /dev/zero > \(data)/fill || true"
            [tasks.job]
            run = "echo done"
            """,
            in: folder,
            prefix: [
                "unshare", "-m", "sh", "-c", "mkdir \(data); mount -t tmpfs -o size=1500k none \(data); exec \"$@\"",
                "sh",
            ]
        )
        try #require(daemon.isReady(), "\(daemon.child.standardError)")
        _ = daemon.post("/api/tasks/fill/run")
        // The write-ahead log has some room of its own left at first.
        var refusal: DaemonProcess.Answer?
        #expect(
            eventually {
                let answer = daemon.post("/api/tasks/job/run")
                if answer.status >= 500 { refusal = answer }
                return refusal != nil
            }
        )
        #expect(refusal?.body.contains("\"status\":\(refusal?.status ?? 0)") == true)
        #expect(daemon.get("/health").body == "OK")
        let pid = "\(daemon.child.pid)"
        #expect(ChildProcess.run(["nsenter", "-t", pid, "-m", "rm", "\(data)/fill"])?.exitCode == 0)
        #expect(eventually { daemon.triggerAndWait("job")?.endReason == "success" })
        #expect(eventually { daemon.runs("status=pending,running").isEmpty })
        #expect(daemon.end()?.exitCode == 0)
    }
}
