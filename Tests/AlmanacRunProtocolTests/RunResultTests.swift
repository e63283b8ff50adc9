import AlmanacRunProtocol
import Testing

@Suite("The supervisor's files come back as they were written")
struct RunResultTests {
    static let outcomes: [RunResult.Outcome] = [
        .exited(code: 0), .exited(code: 255), .signaled(number: 9), .timedOut, .logOverflow,
        .stopped(reason: .stopped), .stopped(reason: .daemonStopped), .stopped(reason: .overlapTerminated),
        .stopped(reason: StopReason(rawValue: "a reason of a later release")),
        .startFailed(message: "cannot start /bin/nosuch: No such file or directory"),
    ]

    @Test(arguments: outcomes)
    func roundTrip(outcome: RunResult.Outcome) throws {
        let result = RunResult(
            outcome: outcome,
            exitCode: -1,
            startedNanosecondsSinceEpoch: 1_774_746_000_123_456_789,
            endedNanosecondsSinceEpoch: 1_774_745_999_000_000_001,
            elapsedNanoseconds: 12,
            cpuNanoseconds: 34,
            maxRSSBytes: 56,
            endedDescendants: true,
            killed: true,
            lostLogBytes: 78,
            message: "one\ntwo"
        )
        #expect(try RunResult(decoding: result.encoded()) == result)
    }

    @Test("A result needs an outcome, an exit code and an end, and nothing else")
    func smallest() throws {
        let text = "almanac-run-result 1\noutcome 6\nexited\ncode 1\n7\nexit-code 1\n7\nended-ns 1\n9\nend\n"
        let result = try RunResult(decoding: Array(text.utf8))
        #expect(
            result
                == RunResult(
                    outcome: .exited(code: 7),
                    exitCode: 7,
                    startedNanosecondsSinceEpoch: nil,
                    endedNanosecondsSinceEpoch: 9
                )
        )
        for line in ["outcome 6\nexited\n", "exit-code 1\n7\n", "ended-ns 1\n9\n", "\ncode 1\n7"] {
            let damaged = text.replacing(line, with: "")
            #expect(throws: RunFormatError.self) { try RunResult(decoding: Array(damaged.utf8)) }
        }
    }

    @Test("An outcome that this release does not know is refused, not guessed")
    func unknownOutcome() {
        let text = "almanac-run-result 1\noutcome 4\nlost\nexit-code 1\n7\nended-ns 1\n9\nend\n"
        #expect(throws: RunFormatError.invalid(field: "outcome", value: "lost")) {
            try RunResult(decoding: Array(text.utf8))
        }
    }

    @Test(arguments: ["709ef31f-db1f-462b-9fed-ebd70d6b0000", nil])
    func started(bootID: String?) throws {
        let started = RunStarted(supervisorPID: 4242, nanosecondsSinceEpoch: -1, bootID: bootID)
        #expect(try RunStarted(decoding: started.encoded()) == started)
    }

    @Test(arguments: ["the user ann asked for it", nil])
    func stopRequest(message: String?) throws {
        let request = RunStopRequest(reason: .daemonStopped, message: message)
        #expect(try RunStopRequest(decoding: request.encoded()) == request)
    }
}
