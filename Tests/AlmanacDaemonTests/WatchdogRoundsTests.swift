import AlmanacDaemon
import Testing

@Suite("The watchdog is fed when every part has answered within the interval")
struct WatchdogRoundsTests {
    @Test("All answer in time, interval after interval")
    func well() {
        var rounds = WatchdogRounds(count: 2)
        for _ in 0..<3 {
            #expect(rounds.begin() == .ask)
            #expect(rounds.answered(1) == .wait)
            #expect(rounds.answered(0) == .tellThatAllIsWell)
        }
    }

    @Test("One that does not answer is named once, and nothing is told")
    func hung() {
        var rounds = WatchdogRounds(count: 3)
        _ = rounds.begin()
        _ = rounds.answered(0)
        #expect(rounds.begin() == .complain([1, 2]))
        #expect(rounds.begin() == .wait)
        #expect(rounds.answered(2) == .wait)
        #expect(rounds.begin() == .wait)
    }

    @Test("A late answer counts for nothing: all are asked again at once")
    func late() {
        var rounds = WatchdogRounds(count: 2)
        _ = rounds.begin()
        _ = rounds.answered(0)
        _ = rounds.begin()
        #expect(rounds.answered(1) == .ask)
        #expect(rounds.answered(0) == .wait)
        #expect(rounds.answered(1) == .tellThatAllIsWell)
        #expect(rounds.begin() == .ask)
    }

    @Test("One that hangs again is named again")
    func again() {
        var rounds = WatchdogRounds(count: 1)
        _ = rounds.begin()
        #expect(rounds.begin() == .complain([0]))
        #expect(rounds.answered(0) == .ask)
        #expect(rounds.begin() == .complain([0]))
    }
}
