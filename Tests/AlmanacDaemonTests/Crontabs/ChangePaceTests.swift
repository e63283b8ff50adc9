import Testing

@testable import AlmanacDaemon

@Suite("Changes on disk are looked at soon, and not too often")
struct ChangePaceTests {
    @Test("One change: at once, nearly")
    func single() {
        var pace = ChangePace()
        #expect(pace.change(at: .seconds(100)) == .milliseconds(50))
        #expect(pace.change(at: .seconds(200)) == .milliseconds(50))
    }

    @Test("A file that is replaced ten times a second is looked at every second in the end")
    func storm() {
        var pace = ChangePace()
        var now = Duration.seconds(100)
        var waits: [Duration] = []
        for _ in 0..<8 {
            let wait = pace.change(at: now)
            waits.append(wait)
            now += wait + .milliseconds(100)
        }
        #expect(waits.prefix(4) == [.milliseconds(50), .milliseconds(100), .milliseconds(200), .milliseconds(400)])
        #expect(waits.suffix(2) == [.seconds(1), .seconds(1)])
        #expect(pace.change(at: now + .seconds(5)) == .milliseconds(50), "calm again")
    }
}
