import AlmanacModel
import AlmanacTesting
import GRDB
import Glibc
import Testing

@testable import AlmanacStore

@Suite("What has been confirmed outlives the process")
struct StoreDurabilityTests {
    /// Where the child that is to be killed keeps its database; nil in any other process.
    private static let childFolder: String? = {
        guard let value = unsafe getenv("ALMANAC_STORE_TEST_CHILD") else { return nil }
        return unsafe String(cString: value)
    }()

    /// Runs in a process of its own until that is killed: writes down each number whose run has been confirmed.
    @Test("(the process that is killed)", .enabled(if: childFolder != nil))
    func child() async throws {
        let folder = try #require(Self.childFolder)
        let store = try SQLiteStore(path: "\(folder)/almanac.sqlite")
        let confirmed = unsafe open("\(folder)/confirmed", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        try #require(confirmed >= 0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<16 {
                group.addTask {
                    var number = writer
                    while true {
                        number += 16
                        try await store.insert([.pending(number)], moving: [])
                        let line = Array("\(number)\n".utf8)
                        #expect(unsafe write(confirmed, line, line.count) == line.count)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("kill -9 while 16 tasks insert", .enabled(if: childFolder == nil), arguments: [40, 400])
    func killed(confirmations: Int) async throws {
        let folder = TemporaryFolder()
        let child = try ChildProcess(
            Self.commandOfThisProcess(filter: "StoreDurabilityTests/child"),
            environment: ["ALMANAC_STORE_TEST_CHILD": folder.path]
        )
        func confirmed() -> [Int] {
            let text = String(decoding: TemporaryFolder.read(folder.file("confirmed")) ?? [], as: UTF8.self)
            return text.split(separator: "\n").compactMap { Int($0) }
        }
        #expect(eventually { confirmed().count >= confirmations || !child.isRunning })
        #expect(child.isRunning, "\(child.standardOutput)\(child.standardError)")
        child.send(SIGKILL)
        _ = child.wait(seconds: 60)

        let store = try SQLiteStore(path: folder.file("almanac.sqlite"))
        for number in confirmed() {
            #expect(try await store.run(RunID(number: number)) == .pending(number))
        }
        let unfinished = try await store.unfinishedRuns()
        #expect(try await store.runs(matching: RunQuery()).total == unfinished.count)
        // Each writer has at most one that was committed and not yet written down.
        #expect((confirmed().count...confirmed().count + 16).contains(unfinished.count))
        try await store.close()
        let check = try await DatabaseQueue(path: folder.file("almanac.sqlite")).read { db in
            try String.fetchOne(db, sql: "PRAGMA integrity_check")
        }
        #expect(check == "ok")
    }

    /// The command line of this process, for one other test.
    private static func commandOfThisProcess(filter: String) throws -> [String] {
        let bytes = try #require(TemporaryFolder.read("/proc/self/cmdline"))
        var command = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        while let index = command.firstIndex(of: "--filter") { command.removeSubrange(index...index + 1) }
        return command + ["--filter", filter]
    }
}
