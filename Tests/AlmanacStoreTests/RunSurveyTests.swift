import AlmanacModel
import AlmanacTesting
import GRDB
import Testing

@testable import AlmanacStore

@Suite("All runs that fit are gone through, a slice at a time")
struct RunSurveyTests {
    /// Whatever is asked, all slices together hold what the store that looks at every run finds.
    @Test("Random queries over random runs", arguments: [21, 22] as [UInt64])
    func differential(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let runs = (1...200).map { Run.random($0, using: &generator) }
        let reference = InMemoryRunStore()
        try await reference.insert(runs, moving: [])
        let folder = TemporaryFolder()
        let queue = try StoreConnection(path: folder.file("almanac.sqlite")).openWriter()
        try await queue.write { db in for run in runs { try run.insert(into: db) } }
        for _ in 0..<200 {
            let query = RunQuery.random(using: &generator)
            let length = Int.random(in: 1...60, using: &generator)
            var found: [SurveyedRun] = []
            var position: RunPosition?
            var sliceCount = 0
            repeat {
                let last = position
                let slice = try await queue.read { db in
                    try RunWalk(query, length: length).slice(beyond: last, from: db)
                }
                found += slice.runs
                position = slice.next
                sliceCount += 1
            } while position != nil && sliceCount <= 201
            #expect(found == (try await reference.slice(of: query, beyond: nil).runs), "\(query)")
        }
        try queue.close()
    }

    @Test("A slice takes its place from a position, whether or not its run is still there")
    func position() async throws {
        let folder = TemporaryFolder()
        let store = try SQLiteStore(path: folder.file("almanac.sqlite"))
        let runs = (1...5).map { Run.pending($0) }
        try await store.insert(runs, moving: [])
        let place = SurveyedRun(runs[2]).position
        let later = try await store.slice(of: RunQuery(), beyond: place)
        #expect(later.runs.map(\.id) == [runs[1].id, runs[0].id] && later.next == nil)
        var ascending = RunQuery()
        ascending.sortDirection = .ascending
        let gone = RunPosition(createdAt: runs[2].createdAt, id: RunID(number: 999))
        #expect(try await store.slice(of: ascending, beyond: gone).runs.map(\.id) == [runs[3].id, runs[4].id])
        try await store.close()
    }

    @Test("A slice walks along the index of its rarest filter, and looks no further than its length")
    func explained() async throws {
        let folder = TemporaryFolder()
        let queue = try StoreConnection(path: folder.file("almanac.sqlite")).openWriter()
        try await queue.write { db in
            for number in 1...3000 {
                try Run.pending(number, task: number % 100 == 0 ? "rare" : "often").insert(into: db)
            }
        }
        var query = RunQuery()
        query.taskName = "rare"
        let (rare, none) = try await queue.read { [query] db in
            var other = query
            other.taskName = nil
            other.exitCodeMin = 3
            return (
                try RunWalk(query, length: 100).slice(beyond: nil, from: db),
                try RunWalk(other, length: 100).slice(beyond: nil, from: db)
            )
        }
        #expect(rare.runs.count == 30 && rare.next == nil)
        #expect(none.runs.isEmpty && none.next != nil)
        try queue.close()
    }

    @Test("Figures of all runs, and when the last failure ended")
    func tally() async throws {
        var generator = SeededGenerator(seed: 23)
        let folder = TemporaryFolder()
        let store = try SQLiteStore(path: folder.file("almanac.sqlite"))
        #expect(try await store.tally() == RunTally(total: 0, ended: [:], lastFailure: nil))
        let runs = (1...200).map { Run.random($0, using: &generator) }
        let reference = InMemoryRunStore()
        try await reference.insert(runs, moving: [])
        try await store.insert(runs, moving: [])
        let tally = try await store.tally()
        #expect(tally == (try await reference.tally()))
        #expect(tally.failures > 0 && tally.lastFailure != nil)
        let reasons = EndReason.allCases.filter(\.isFailure).map { "'\($0.rawValue)'" }
        for reason in reasons { #expect(SQLiteStore.lastFailureSQL.contains(reason)) }
        #expect(SQLiteStore.lastFailureSQL.split(separator: "'").count == 2 * reasons.count + 1)
        try await store.close()
    }
}
