import AlmanacConfig
import AlmanacTesting
import Glibc
import Testing

@Suite(
    "Crontabs on disk are taken and refused as cron does it",
    .enabled(if: getuid() == 0, "only root can give files to other users")
)
struct CrontabFilesTests {
    private let folder = TemporaryFolder()

    private func file(_ name: String, mode: mode_t = 0o644, owner: uid_t = 0, text: String = "@daily root x\n")
        -> String
    {
        let path = folder.write(text, to: name)
        #expect(unsafe chmod(path, mode) == 0)
        #expect(unsafe chown(path, owner, 0) == 0)
        return path
    }

    private func read(_ kind: CronSettings.Place.Kind, _ name: String? = nil, userID: UInt32 = 0) -> CrontabCollection {
        let place = CronSettings.Place(path: name.map { folder.file($0) } ?? folder.path, kind: kind)
        return CrontabCollection.read([place], host: ConfigurationFixture.host(userID: userID))
    }

    /// What is said of the files, by their names.
    private func refusals(_ collection: CrontabCollection) -> [String: String] {
        Dictionary(
            collection.refusals.map { (String($0.path.split(separator: "/").last ?? ""), $0.message) },
            uniquingKeysWith: { "\($0) and \($1)" }
        )
    }

    @Test("A system folder: root's files that nobody else may write, by names without dots")
    func systemFolder() throws {
        for name in ["b", "a_1-B", "tilde~", ".placeholder", "pkg.dpkg-old", "dotted.sh"] { _ = file(name) }
        _ = file("executable", mode: 0o755)
        _ = file("private", mode: 0o600)
        _ = file("group", mode: 0o664)
        _ = file("alices", owner: 1000)
        _ = file("two")
        #expect(unsafe link(folder.file("two"), folder.file("names")) == 0)
        #expect(unsafe mkdir(folder.file("folder"), 0o755) == 0)
        #expect(unsafe mkdir(folder.file("folder.d"), 0o755) == 0)
        #expect(unsafe mkfifo(folder.file("pipe"), 0o644) == 0)
        #expect(unsafe symlink("b", folder.file("link")) == 0)
        #expect(unsafe symlink("nowhere", folder.file("broken")) == 0)
        #expect(unsafe symlink("loop", folder.file("loop")) == 0)
        #expect(unsafe symlink("b", folder.file("alices-link")) == 0)
        #expect(unsafe lchown(folder.file("alices-link"), 1000, 0) == 0)
        #expect(unsafe symlink("/dev/zero", folder.file("device")) == 0)

        let collection = read(.systemFolder)
        #expect(
            collection.crontabs.map(\.path) == ["a_1-B", "b", "executable", "link", "private"].map { folder.file($0) }
        )
        #expect(collection.crontabs.allSatisfy { $0.owner == .system && $0.entries.count == 1 })
        let names = "the file has 2 names (hard links), expected one; put a copy in its place"
        #expect(
            refusals(collection) == [
                "dotted.sh":
                    "cron passes over files whose names hold anything but letters, digits, \"_\" and \"-\"; rename it, or remove it",
                "group": "others than root may write the file (mode 0664); chmod go-w it",
                "alices": "the file belongs to user 1000, expected root's; chown root it",
                "two": names,
                "names": names,
                "folder": "expected a regular file, found a directory",
                "pipe": "expected a regular file, found a pipe",
                "broken": "found a symbolic link that leads nowhere; put the file itself in its place",
                "loop": "found a symbolic link that leads nowhere; put the file itself in its place",
                "alices-link": "the symbolic link belongs to user 1000, expected root's; chown -h root it",
                "device": "expected a regular file, found a device",
            ]
        )
    }

    @Test("The spool: each user's own file or root's, of mode 0600, no link")
    func spool() throws {
        _ = file("alice", mode: 0o600, owner: 1000, text: "@daily x\n")
        _ = file("root", mode: 0o600, text: "@daily x\n")
        _ = file("4000", mode: 0o644, owner: 4711)
        _ = file("ghost", mode: 0o600)
        _ = file("tmp.XYZ", mode: 0o600)
        _ = file("unlucky", mode: 0o600)
        let collection = read(.spool)
        #expect(collection.crontabs.map(\.owner) == [.user("alice"), .user("root")])
        #expect(
            refusals(collection) == [
                "4000": "the mode of the file is 0644, expected 0600; chmod 600 it",
                "ghost": "there is no user \"ghost\", whose crontab it would be; remove the file",
                "unlucky": "cannot look up user \"unlucky\": Input/output error",
            ]
        )
        _ = file("4000", mode: 0o600, owner: 1000)
        #expect(
            refusals(read(.spool))["4000"] == "the file belongs to user 1000, expected 4000's or root's; chown 4000 it"
        )
        #expect(unsafe unlink(folder.file("alice")) == 0)
        #expect(unsafe symlink("root", folder.file("alice")) == 0)
        #expect(
            refusals(read(.spool))["alice"]
                == "found a symbolic link, and cron takes none here; put the file itself in its place"
        )
        // Owned by root, for another user: as `crontab -u alice` of root may leave it.
        #expect(unsafe unlink(folder.file("alice")) == 0)
        _ = file("alice", mode: 0o600)
        #expect(read(.spool).crontabs.contains { $0.owner == .user("alice") })
    }

    @Test("A file by itself: a system crontab, or a user's that others can read")
    func single() {
        _ = file("tab")
        #expect(read(.file(.system), "tab").crontabs.count == 1)
        _ = file("alices", owner: 1000, text: "@daily x\n")
        #expect(read(.file(.user("alice")), "alices").crontabs.map(\.owner) == [.user("alice")])
        #expect(refusals(read(.file(.user("4000")), "alices"))["alices"]?.contains("belongs to user 1000") == true)
        _ = file("open", mode: 0o666, owner: 1000)
        #expect(refusals(read(.file(.user("alice")), "open"))["open"]?.contains("others than alice may write") == true)
        // A link of a user's own is for nobody but the user to follow.
        #expect(unsafe symlink("alices", folder.file("link")) == 0)
        #expect(refusals(read(.file(.user("alice")), "link")).count == 1)
        #expect(read(.file(.user("alice")), "link", userID: 1000).crontabs.count == 1)
    }

    @Test("What is not there is empty for cron's own places, and told for others")
    func missing() {
        #expect(
            refusals(read(.file(.system), "tab")) == [
                "tab": "there is no such file; create it, or remove it from [cron] include"
            ]
        )
        let folder = CrontabCollection.read(
            [CronSettings.Place(path: "/nonexistent/cron.d", kind: .systemFolder)],
            host: ConfigurationFixture.host()
        )
        #expect(folder.refusals.map(\.message) == ["cannot read the folder: No such file or directory"])
        #expect(CronSettings.standardPlaces.map(\.path) == ["/etc/crontab", "/etc/cron.d", "/var/spool/cron/crontabs"])
    }

    @Test("A file that is too large is refused, and does not come into memory whole")
    func large() {
        let path = file("large", text: "@daily root x\n")
        #expect(unsafe truncate(path, 100 << 20) == 0)
        #expect(
            refusals(read(.file(.system), "large")) == [
                "large": "expected a file of at most 16 MiB, found a larger one"
            ]
        )
    }
}
