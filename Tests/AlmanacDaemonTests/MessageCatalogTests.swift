import AlmanacModel
import AlmanacTesting
import Testing

@Suite("The catalog explains every event of the log")
struct MessageCatalogTests {
    private static let path =
        #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined() + "/contrib/systemd/almanac.catalog"

    private static let text = String(decoding: TemporaryFolder.read(path) ?? [], as: UTF8.self)

    @Test("Each event has an id of its own and an entry, and each entry an event")
    func ids() {
        let ids = LoggedEvent.allCases.map(\.messageID)
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.wholeMatch(of: /[0-9a-f]{32}/) != nil })
        let entries = Self.text.split(separator: "\n").filter { $0.hasPrefix("-- ") }.map { String($0.dropFirst(3)) }
        #expect(entries.sorted() == ids.sorted())
    }

    @Test("Each end of a run is an event, and no two are the same")
    func ends() {
        #expect(Set(EndReason.allCases.map(\.event)).count == EndReason.allCases.count)
    }

    @Test("journalctl takes it in", .enabled(if: ChildProcess.run(["journalctl", "--version"])?.exitCode == 0))
    func journalctl() throws {
        let root = TemporaryFolder()
        let folder = "\(root.path)/usr/lib/systemd/catalog"
        #expect(ChildProcess.run(["mkdir", "-p", folder, "\(root.path)/var/lib/systemd/catalog"])?.exitCode == 0)
        #expect(ChildProcess.run(["cp", Self.path, folder])?.exitCode == 0)
        let update = try #require(ChildProcess.run(["journalctl", "--root=\(root.path)", "--update-catalog"]))
        #expect(update.exitCode == 0 && update.standardError == "", "\(update.standardError)")
        let list = try #require(ChildProcess.run(["journalctl", "--root=\(root.path)", "--list-catalog"]))
        let lines = list.standardOutput.split(separator: "\n")
        #expect(lines.count == LoggedEvent.allCases.count)
        for event in LoggedEvent.allCases {
            let line = try #require(lines.first { $0.hasPrefix(event.messageID) }, "\(event) is not listed")
            #expect(line.contains(" Almanac: "), "an entry has a subject and says whose it is: \(line)")
        }
    }
}
