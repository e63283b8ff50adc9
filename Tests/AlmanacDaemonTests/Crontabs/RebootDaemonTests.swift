import AlmanacAPI
import AlmanacTesting
import Glibc
import Testing

@Suite("The daemon runs the @reboot lines of crontabs once a boot, whatever happens to it", .asRoot, .inOtherBoots)
struct RebootDaemonTests {
    /// Starts a daemon that takes a file for the kernel's name of the boot.
    private func daemon(_ folder: TemporaryFolder, boot: String) -> DaemonProcess {
        DaemonProcess(
            crontab: "@reboot root echo once >> \(folder.file("once"))\n",
            configuration: "[tasks.each]\ncron = \"@reboot\"\nrun = \"echo each >> \(folder.file("each"))\"\n",
            in: folder,
            prefix: OtherBoot.prefix(folder.write("\(boot)\n", to: "boot_id-\(boot)"))
        )
    }

    private func count(_ name: String, in folder: TemporaryFolder) -> Int {
        (TemporaryFolder.read(folder.file(name)) ?? []).count { $0 == 0x0A }
    }

    @Test("Not at a mere start or reload, not for a line that comes later; again after the next boot")
    func boots() throws {
        let folder = TemporaryFolder()
        for (index, boot) in ["first", "first", "second", "second", "third"].enumerated() {
            let daemon = daemon(folder, boot: boot)
            try #require(daemon.isReady(), "\(daemon.child.standardError)")
            let boots = ["first": 1, "second": 2, "third": 3][boot]
            #expect(eventually { count("each", in: folder) == index + 1 })
            #expect(daemon.almanac("reload")?.exitCode == 0)
            folder.writeCrontab(
                "@reboot root echo once >> \(folder.file("once"))\n@reboot root echo late >> \(folder.file("late"))\n",
                to: "crontab"
            )
            #expect(eventually { daemon.tasks.count == 3 })
            #expect(eventually { daemon.runs("status=pending,running").isEmpty })
            #expect(count("once", in: folder) == boots)
            #expect(count("late", in: folder) == 0)
            #expect(daemon.end()?.exitCode == 0)
        }
    }

    @Test("A kill at any moment of the start neither repeats nor loses them")
    func kills() throws {
        let folder = TemporaryFolder()
        for round in 1...12 {
            for moment in 0..<4 {
                let daemon = daemon(folder, boot: "\(round)")
                _ = poll(nil, 0, Int32(20 + 45 * ((round * 7 + moment * 5) % 12)))
                daemon.kill()
            }
            let daemon = daemon(folder, boot: "\(round)")
            try #require(daemon.isReady(), "\(daemon.child.standardError)")
            #expect(eventually { daemon.runs("status=pending,running").isEmpty })
            let runs = daemon.runs("triggered_by=startup").filter { $0.taskName != "each" }
            #expect(runs.count == round, "one run each boot")
            // A run that was killed as it started may have crashed: its command is not started again, and its row says so.
            #expect(count("once", in: folder) == runs.filter { $0.endReason == "success" }.count)
            #expect(daemon.end()?.exitCode == 0)
        }
    }
}

/// A mount namespace in which the kernel's name of the boot is another.
enum OtherBoot {
    static let works = ChildProcess.run(prefix("/dev/null") + ["true"])?.exitCode == 0

    /// What a program is started with, to read the boot's name from a file.
    static func prefix(_ file: String) -> [String] {
        [
            "unshare", "--mount", "--propagation", "private", "sh", "-c",
            "mount --bind \"$0\" /proc/sys/kernel/random/boot_id && exec \"$@\"", file,
        ]
    }
}

extension Trait where Self == ConditionTrait {
    static var inOtherBoots: Self {
        .enabled(if: OtherBoot.works, "nothing can be bound over the kernel's name of the boot here")
    }
}
