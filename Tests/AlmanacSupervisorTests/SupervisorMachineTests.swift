import AlmanacRunProtocol
import AlmanacSupervisor
import Glibc
import Testing

@Suite("The end of a run is decided by one pure machine")
struct SupervisorMachineTests {
    typealias Machine = SupervisorMachine
    typealias Event = SupervisorMachine.Event
    typealias Action = SupervisorMachine.Action

    static let second: Int64 = 1_000_000_000
    static let millisecond: Int64 = 1_000_000
    static let request = RunStopRequest(reason: .daemonStopped, message: "the daemon stops")

    static func spec(
        timeout: Int64? = nil,
        signal: Int32 = SIGTERM,
        grace: Int64 = 5000,
        descendants: RunSpec.Descendants = .end
    ) -> RunSpec {
        RunSpec(
            runID: "01X",
            taskName: "t",
            argv: ["/bin/true"],
            environment: [],
            workingDirectory: "/",
            descendants: descendants,
            timeoutMilliseconds: timeout,
            stopSignal: signal,
            gracePeriodMilliseconds: grace
        )
    }

    static func ending(
        _ outcome: RunResult.Outcome,
        _ exitCode: Int32,
        endedDescendants: Bool = false,
        killed: Bool = false,
        _ message: String? = nil
    ) -> Action {
        .finish(
            .init(
                outcome: outcome,
                exitCode: exitCode,
                endedDescendants: endedDescendants,
                killed: killed,
                message: message
            )
        )
    }

    struct Step: Sendable {
        let at: Int64
        let event: Event
        let actions: [Action]
        /// The machine's deadline after the step.
        let deadline: Int64?

        init(_ at: Int64, _ event: Event, _ actions: [Action], deadline: Int64? = nil) {
            self.at = at
            self.event = event
            self.actions = actions
            self.deadline = deadline
        }
    }

    struct Story: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let spec: RunSpec
        let steps: [Step]
    }

    static let stories = [
        Story(
            testDescription: "a command that ends alone ends the run",
            spec: spec(),
            steps: [Step(7, .commandEnded(.exited(code: 3), descendantsRemain: false), [ending(.exited(code: 3), 3)])]
        ),
        Story(
            testDescription: "a foreign signal gives 128 + n",
            spec: spec(),
            steps: [
                Step(
                    7,
                    .commandEnded(.signaled(number: SIGSEGV), descendantsRemain: false),
                    [ending(.signaled(number: SIGSEGV), 139, "SIGSEGV ended the command")]
                )
            ]
        ),
        Story(
            testDescription: "the time limit asks first",
            spec: spec(timeout: 2000, signal: SIGINT),
            steps: [
                Step(second, .timePassed, [], deadline: 2 * second),
                Step(
                    2 * second,
                    .timePassed,
                    [
                        .report("the time limit of 2 s is reached: sending SIGINT"), .signalGroup(SIGINT),
                        .signalGroup(SIGCONT),
                    ],
                    deadline: 7 * second
                ),
                Step(
                    3 * second,
                    .commandEnded(.exited(code: 130), descendantsRemain: false),
                    [ending(.timedOut, 130, "the time limit of 2 s was reached")]
                ),
            ]
        ),
        Story(
            testDescription: "the grace over, everything is killed, again and again",
            spec: spec(timeout: 2000),
            steps: [
                Step(
                    2 * second,
                    .timePassed,
                    [
                        .report("the time limit of 2 s is reached: sending SIGTERM"), .signalGroup(SIGTERM),
                        .signalGroup(SIGCONT),
                    ],
                    deadline: 7 * second
                ),
                Step(
                    7 * second,
                    .timePassed,
                    [
                        .report("still running after 5 s: sending SIGKILL"), .signalGroup(SIGKILL),
                        .signalAll(SIGKILL),
                    ],
                    deadline: 7 * second + 10 * millisecond
                ),
                Step(
                    7 * second + 10 * millisecond,
                    .timePassed,
                    [.signalGroup(SIGKILL), .signalAll(SIGKILL)],
                    deadline: 7 * second + 30 * millisecond
                ),
                Step(
                    7 * second + 12 * millisecond,
                    .commandEnded(.signaled(number: SIGKILL), descendantsRemain: true),
                    [.signalAll(SIGKILL)],
                    deadline: 7 * second + 30 * millisecond
                ),
                Step(
                    7 * second + 30 * millisecond,
                    .timePassed,
                    [.signalAll(SIGKILL)],
                    deadline: 7 * second + 70 * millisecond
                ),
                Step(
                    7 * second + 31 * millisecond,
                    .allGone,
                    [ending(.timedOut, 137, killed: true, "the time limit of 2 s was reached")]
                ),
            ]
        ),
        Story(
            testDescription: "a grace of zero kills at once",
            spec: spec(grace: 0),
            steps: [
                Step(
                    5,
                    .stopRequested(request),
                    [
                        .report("asked to stop (daemon-stopped): sending SIGKILL"), .signalGroup(SIGKILL),
                        .signalAll(SIGKILL),
                    ],
                    deadline: 5 + 10 * millisecond
                ),
                Step(
                    6,
                    .commandEnded(.signaled(number: SIGKILL), descendantsRemain: false),
                    [ending(.stopped(reason: .daemonStopped), 137, killed: true, "the daemon stops")]
                ),
            ]
        ),
        Story(
            testDescription: "SIGKILL as the stop signal needs no grace",
            spec: spec(timeout: 1, signal: SIGKILL),
            steps: [
                Step(
                    millisecond,
                    .timePassed,
                    [
                        .report("the time limit of 0.001 s is reached: sending SIGKILL"), .signalGroup(SIGKILL),
                        .signalAll(SIGKILL),
                    ],
                    deadline: 11 * millisecond
                )
            ]
        ),
        Story(
            testDescription: "a stop asks those who have left the group once the command has gone",
            spec: spec(),
            steps: [
                Step(
                    0,
                    .stopRequested(request),
                    [
                        .report("asked to stop (daemon-stopped): sending SIGTERM"), .signalGroup(SIGTERM),
                        .signalGroup(SIGCONT),
                    ],
                    deadline: 5 * second
                ),
                Step(
                    second,
                    .commandEnded(.exited(code: 0), descendantsRemain: true),
                    [.signalAll(SIGTERM), .signalAll(SIGCONT)],
                    deadline: 5 * second
                ),
                Step(
                    2 * second,
                    .allGone,
                    [ending(.stopped(reason: .daemonStopped), 0, "the daemon stops")]
                ),
            ]
        ),
        Story(
            testDescription: "the first cause counts",
            spec: spec(timeout: 1000),
            steps: [
                Step(
                    second,
                    .timePassed,
                    [
                        .report("the time limit of 1 s is reached: sending SIGTERM"), .signalGroup(SIGTERM),
                        .signalGroup(SIGCONT),
                    ],
                    deadline: 6 * second
                ),
                Step(2 * second, .stopRequested(request), [], deadline: 6 * second),
                Step(2 * second, .logFull, [], deadline: 6 * second),
                Step(
                    3 * second,
                    .commandEnded(.signaled(number: SIGTERM), descendantsRemain: false),
                    [ending(.timedOut, 143, "the time limit of 1 s was reached")]
                ),
            ]
        ),
        Story(
            testDescription: "a full log ends the run as log overflow",
            spec: spec(),
            steps: [
                Step(
                    0,
                    .logFull,
                    [.report("the log is full: sending SIGTERM"), .signalGroup(SIGTERM), .signalGroup(SIGCONT)],
                    deadline: 5 * second
                ),
                Step(
                    second,
                    .commandEnded(.signaled(number: SIGTERM), descendantsRemain: false),
                    [ending(.logOverflow, 143, "the output was larger than the log may be")]
                ),
            ]
        ),
        Story(
            testDescription: "descendants have a moment, then are asked, then killed",
            spec: spec(timeout: 60_000),
            steps: [
                Step(0, .commandEnded(.exited(code: 0), descendantsRemain: true), [], deadline: 100 * millisecond),
                Step(
                    100 * millisecond,
                    .timePassed,
                    [
                        .report("the command has ended and left processes behind: sending SIGTERM"),
                        .signalAll(SIGTERM), .signalAll(SIGCONT),
                    ],
                    deadline: 5100 * millisecond
                ),
                Step(second, .stopRequested(request), [], deadline: 5100 * millisecond),
                Step(
                    5100 * millisecond,
                    .timePassed,
                    [.report("still running after 5 s: sending SIGKILL"), .signalAll(SIGKILL)],
                    deadline: 5110 * millisecond
                ),
                Step(
                    5111 * millisecond,
                    .allGone,
                    [
                        ending(
                            .exited(code: 0),
                            0,
                            endedDescendants: true,
                            killed: true,
                            "the processes that the command left behind were killed"
                        )
                    ]
                ),
            ]
        ),
        Story(
            testDescription: "descendants that go by themselves are not mentioned",
            spec: spec(),
            steps: [
                Step(0, .commandEnded(.exited(code: 1), descendantsRemain: true), [], deadline: 100 * millisecond),
                Step(50 * millisecond, .allGone, [ending(.exited(code: 1), 1)]),
                Step(60 * millisecond, .allGone, []),
                Step(60 * millisecond, .timePassed, []),
                Step(60 * millisecond, .stopRequested(request), []),
            ]
        ),
        Story(
            testDescription: "a run that awaits its descendants ends with the last of them, as its command did",
            spec: spec(descendants: .await),
            steps: [
                Step(
                    0,
                    .commandEnded(.exited(code: 3), descendantsRemain: true),
                    [.report(CommandEndNotice(exitCode: 3).text), .tellCommandEnd]
                ),
                Step(3_600_000 * millisecond, .timePassed, []),
                Step(3_600_001 * millisecond, .allGone, [ending(.exited(code: 3), 3)]),
            ]
        ),
        Story(
            testDescription: "its time limit counts on after the command, and ends the descendants",
            spec: spec(timeout: 2000, descendants: .await),
            steps: [
                Step(
                    0,
                    .commandEnded(.exited(code: 0), descendantsRemain: true),
                    [.report(CommandEndNotice(exitCode: 0).text), .tellCommandEnd],
                    deadline: 2000 * millisecond
                ),
                Step(
                    2000 * millisecond,
                    .timePassed,
                    [
                        .report("the time limit of 2 s is reached: sending SIGTERM"),
                        .signalAll(SIGTERM), .signalAll(SIGCONT),
                    ],
                    deadline: 7000 * millisecond
                ),
                Step(
                    7000 * millisecond,
                    .timePassed,
                    [.report("still running after 5 s: sending SIGKILL"), .signalAll(SIGKILL)],
                    deadline: 7010 * millisecond
                ),
                Step(
                    7001 * millisecond,
                    .allGone,
                    [ending(.timedOut, 0, killed: true, "the time limit of 2 s was reached")]
                ),
            ]
        ),
        Story(
            testDescription: "a run that leaves its descendants ends with its command",
            spec: spec(descendants: .leave),
            steps: [
                Step(5, .commandEnded(.exited(code: 1), descendantsRemain: true), [ending(.exited(code: 1), 1)]),
                Step(6, .timePassed, []),
            ]
        ),
        Story(
            testDescription: "a time limit beyond the clock's range is none",
            spec: spec(timeout: .max),
            steps: [Step(.max - 1, .timePassed, [], deadline: .max)]
        ),
    ]

    @Test(arguments: stories)
    func story(story: Story) {
        var machine = Machine(spec: story.spec, now: 0)
        for (index, step) in story.steps.enumerated() {
            #expect(machine.handle(step.event, at: step.at) == step.actions, "step \(index)")
            #expect(machine.deadline == step.deadline, "step \(index)")
        }
    }

    @Test("The rounds of SIGKILL come ever more slowly, and never stop")
    func killRounds() {
        var machine = Machine(spec: Self.spec(grace: 0), now: 0)
        _ = machine.handle(.stopRequested(Self.request), at: 0)
        var intervals: [Int64] = []
        var now: Int64 = 0
        for _ in 0..<12 {
            guard let deadline = machine.deadline else { break }
            intervals.append((deadline - now) / Self.millisecond)
            now = deadline
            #expect(machine.handle(.timePassed, at: now) == [.signalGroup(SIGKILL), .signalAll(SIGKILL)])
        }
        #expect(intervals == [10, 20, 40, 80, 160, 320, 640, 1000, 1000, 1000, 1000, 1000])
    }
}
