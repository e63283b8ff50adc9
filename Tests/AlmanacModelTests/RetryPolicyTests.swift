import AlmanacModel
import Testing

@Suite("A run that failed by itself is tried again, after a wait that grows as the policy has it")
struct RetryPolicyTests {
    static func waits(_ backoff: RetryPolicy.Backoff, delay: Duration = .seconds(10), attempts: Int = 6) -> [Duration?]
    {
        let policy = RetryPolicy(attempts: attempts, delay: delay, backoff: backoff)
        return (0...attempts).map { policy.wait(after: .failed, attempt: $0) }
    }

    @Test("Constant, linear and exponential, at most five minutes each")
    func backoff() {
        #expect(Self.waits(.constant) == [10, 10, 10, 10, 10, 10, nil].map { $0.map(Duration.seconds) })
        #expect(Self.waits(.linear) == [10, 20, 30, 40, 50, 60, nil].map { $0.map(Duration.seconds) })
        #expect(Self.waits(.exponential) == [10, 20, 40, 80, 160, 300, nil].map { $0.map(Duration.seconds) })
        #expect(Self.waits(.constant, delay: .seconds(3600), attempts: 1) == [.seconds(300), nil])
    }

    @Test("A hundred attempts do not overflow")
    func manyAttempts() {
        #expect(Self.waits(.exponential, delay: .seconds(1), attempts: 100)[99] == .seconds(300))
        #expect(Self.waits(.linear, delay: .seconds(300), attempts: 100)[99] == .seconds(300))
    }

    @Test("What somebody wanted is not tried again", arguments: EndReason.allCases)
    func reasons(reason: EndReason) {
        let isRetried = [.failed, .timeout, .crashed, .logOverflow, .startFailed].contains(reason)
        #expect((RetryPolicy(attempts: 1).wait(after: reason, attempt: 0) != nil) == isRetried)
        #expect(RetryPolicy().wait(after: reason, attempt: 0) == nil)
    }
}
