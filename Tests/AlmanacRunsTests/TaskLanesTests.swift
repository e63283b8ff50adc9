import AlmanacModel
import AlmanacRuns
import Testing

@Suite("Runs of a task keep their order, whatever happens to those before them")
struct TaskLanesTests {
    let task = TaskDefinition(name: "backup", command: "true", queueMax: 3)
    var lanes = TaskLanes()
    let ids: [RunID]

    init() {
        var sequence = RunIDSequence()
        ids = (0..<6).map { _ in sequence.next(at: PreciseTimestamp(nanosecondsSinceEpoch: 0)) }
    }

    @Test("The first runs, the others wait, the one too many is turned away")
    mutating func admission() {
        let placements = ids.prefix(5).map { lanes.admit($0, of: task) }
        #expect(placements == [.active, .waiting, .waiting, .waiting, .turnedAway(.queueFull)])
        #expect(lanes.counts(ofTask: "backup") == (1, 3))
    }

    @Test("A free place goes to the oldest that waits, once its row stands")
    mutating func promotion() {
        for id in ids.prefix(3) { _ = lanes.admit(id, of: task) }
        lanes.commit(ids[2], ofTask: "backup")
        lanes.remove(ids[0], ofTask: "backup")
        // The second is not committed yet, and the third does not overtake it.
        #expect(lanes.promote(ofTask: "backup") == [])
        #expect(lanes.admit(ids[3], of: task) == .waiting)
        lanes.commit(ids[1], ofTask: "backup")
        #expect(lanes.promote(ofTask: "backup") == [ids[1]])
        #expect(lanes.promote(ofTask: "backup") == [])
        lanes.remove(ids[1], ofTask: "backup")
        #expect(lanes.promote(ofTask: "backup") == [ids[2]])
    }

    @Test("A run that is taken back makes way")
    mutating func withdrawal() {
        for id in ids.prefix(3) { _ = lanes.admit(id, of: task) }
        lanes.commit(ids[2], ofTask: "backup")
        lanes.remove(ids[1], ofTask: "backup")
        lanes.remove(ids[0], ofTask: "backup")
        #expect(lanes.promote(ofTask: "backup") == [ids[2]])
    }

    @Test("Recovered runs are not turned away and start in order")
    mutating func recovery() {
        lanes.adopt(ids[0], ofTask: "backup", maxConcurrent: 1)
        for id in ids.dropFirst() { lanes.readmit(id, of: task) }
        #expect(lanes.counts(ofTask: "backup") == (1, 5))
        #expect(lanes.promote(ofTask: "backup") == [])
        lanes.remove(ids[0], ofTask: "backup")
        #expect(lanes.promote(ofTask: "backup") == [ids[1]])
    }

    @Test("A lane that is empty is forgotten")
    mutating func forgotten() {
        _ = lanes.admit(ids[0], of: task)
        lanes.remove(ids[0], ofTask: "backup")
        #expect(lanes.taskNames == [])
    }

    @Test("terminate stops the oldest for each run that comes, and never the same one twice")
    mutating func replacement() {
        let task = TaskDefinition(name: "backup", command: "true", onOverlap: .terminate, maxConcurrent: 2)
        #expect(lanes.admit(ids[0], of: task) == .active)
        #expect(lanes.admit(ids[1], of: task) == .active)
        #expect(lanes.admit(ids[2], of: task) == .waitingFor(ids[0]))
        #expect(lanes.admit(ids[3], of: task) == .waitingFor(ids[1]))
        // Both that are active are on their way out: now the oldest is one that waits.
        #expect(lanes.admit(ids[4], of: task) == .waitingFor(ids[2]))
        for id in ids[2...4] { lanes.commit(id, ofTask: "backup") }
        lanes.remove(ids[2], ofTask: "backup")
        #expect(lanes.promote(ofTask: "backup") == [])
        lanes.remove(ids[0], ofTask: "backup")
        #expect(lanes.promote(ofTask: "backup") == [ids[3]])
        lanes.remove(ids[1], ofTask: "backup")
        #expect(lanes.promote(ofTask: "backup") == [ids[4]])
    }

    @Test("A limit for all tasks holds, and the oldest run goes first, whatever its task")
    func commonLimit() {
        var lanes = TaskLanes(limit: 2)
        let other = TaskDefinition(name: "report", command: "true", onOverlap: .skip)
        let third = TaskDefinition(name: "sync", command: "true")
        #expect(lanes.admit(ids[0], of: task) == .active)
        #expect(lanes.admit(ids[1], of: other) == .active)
        #expect(lanes.admit(ids[2], of: third) == .waiting)
        #expect(lanes.admit(ids[3], of: task) == .waiting)
        lanes.commit(ids[3], ofTask: "backup")
        #expect(lanes.promote(ofTask: "backup") == [])
        lanes.commit(ids[2], ofTask: "sync")
        #expect(lanes.promote(ofTask: "sync") == [])
        lanes.remove(ids[0], ofTask: "backup")
        #expect(lanes.promote(ofTask: "backup") == [ids[2]])
        lanes.remove(ids[1], ofTask: "report")
        #expect(lanes.promote(ofTask: "report") == [ids[3]])
        // Waiting for room among all is no overlap: skip does not turn it away.
        #expect(lanes.admit(ids[4], of: other) == .waiting)
        lanes.setLimit(nil)
        lanes.commit(ids[4], ofTask: "report")
        #expect(lanes.promote(ofTask: "report") == [ids[4]])
    }
}
