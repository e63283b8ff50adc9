import AlmanacModel
import AlmanacRuns
import Testing

@Suite("Clock troubles that happened to others do not happen here")
struct ClockTroubleTests {
    private func ids(_ count: Int) -> [RunID] {
        var sequence = RunIDSequence()
        return (0..<count).map { _ in sequence.next(at: PreciseTimestamp(nanosecondsSinceEpoch: 0)) }
    }

    @Test("RunWisp 194: a queued run was overtaken by one that came when the place was just free")
    func overtaken() {
        let task = TaskDefinition(name: "backup", command: "true")
        let ids = ids(4)
        var lanes = TaskLanes()
        #expect(lanes.admit(ids[0], of: task) == .active)
        #expect(lanes.admit(ids[1], of: task) == .waiting)
        // Its row is on its way to the disk while the place becomes free and another one comes.
        lanes.remove(ids[0], ofTask: "backup")
        #expect(lanes.promote(ofTask: "backup") == [])
        #expect(lanes.admit(ids[2], of: task) == .waiting)
        lanes.commit(ids[2], ofTask: "backup")
        #expect(lanes.promote(ofTask: "backup") == [])
        lanes.commit(ids[1], ofTask: "backup")
        #expect(lanes.promote(ofTask: "backup") == [ids[1]])
        // Nor after a restart, in which those that wait come back in order.
        var restarted = TaskLanes()
        restarted.adopt(ids[1], ofTask: "backup", maxConcurrent: 1)
        restarted.readmit(ids[2], of: task)
        #expect(restarted.admit(ids[3], of: task) == .waiting)
        restarted.commit(ids[3], ofTask: "backup")
        restarted.remove(ids[1], ofTask: "backup")
        #expect(restarted.promote(ofTask: "backup") == [ids[2]])
    }

    @Test("systemd 43464: all timers stampeded on resume; a limit lets them go on in order")
    func stampede() {
        let ids = ids(10)
        let tasks = (0..<10).map { TaskDefinition(name: "task-\($0)", command: "true") }
        var lanes = TaskLanes(limit: 2)
        let placements = zip(ids, tasks).map { lanes.admit($0, of: $1) }
        #expect(placements == [.active, .active] + Array(repeating: .waiting, count: 8))
        for (id, task) in zip(ids, tasks).dropFirst(2) {
            lanes.commit(id, ofTask: task.name)
            #expect(lanes.promote(ofTask: task.name) == [])
        }
        for index in ids.indices.dropLast(2) {
            lanes.remove(ids[index], ofTask: tasks[index].name)
            #expect(lanes.promote(ofTask: tasks[index].name) == [ids[index + 2]])
        }
    }
}
