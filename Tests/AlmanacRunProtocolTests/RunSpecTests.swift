import AlmanacRunProtocol
import Testing

@Suite("A spec comes back as it was written")
struct RunSpecTests {
    static let small = RunSpec(
        runID: "01JQF6Z5K3W8Y2V4N6P8R0T1S3",
        taskName: "backup",
        argv: ["/bin/sh", "-e", "-c", "echo hello"],
        environment: [],
        workingDirectory: "/"
    )

    static let large = RunSpec(
        runID: "01JQF6Z5K3W8Y2V4N6P8R0T1S3",
        taskName: "a.b:c-d_e",
        argv: ["/opt/tool", "", "two\nlines", ByteString(bytes: [0, 255, 10, 13, 0]), "end\n", "argv 3\nabc\n"],
        environment: ["PATH=/bin", ByteString(bytes: Array("NAME=".utf8) + [0xC3, 0x28]), "EMPTY="],
        workingDirectory: ByteString(bytes: [47, 0xFF, 0xFE]),
        fallbackDirectory: "/var/spool/cron",
        umask: 0o027,
        nice: -5,
        identity: .init(userID: 1000, groupID: 4_294_967_294, supplementaryGroupIDs: [4, 24]),
        standardInput: Array((0...255).map { UInt8($0) }),
        standardInputPath: "/var/lib/almanac/mail/01JQF6Z5K3W8Y2V4N6P8R0T1S3/message",
        mergesErrors: true,
        descendants: .await,
        commandEndPath: "/var/lib/almanac/mail/.ended/01JQF6Z5K3W8Y2V4N6P8R0T1S3",
        loginUserID: 1000,
        timeoutMilliseconds: .max,
        stopSignal: 2,
        gracePeriodMilliseconds: 0,
        logLimit: .init(maxBytes: 104_857_600, policy: .dropOld),
        controlGroup: "/sys/fs/cgroup/system.slice/almanac.service/runs/01JQF6Z5K3W8Y2V4N6P8R0T1S3",
        limits: ResourceLimits(memoryMax: 1, cpuWeight: 10_000, tasksMax: .max),
        openFiles: 1024,
        logsToJournal: true
    )

    @Test(arguments: [small, large])
    func roundTrip(spec: RunSpec) throws {
        #expect(try RunSpec(decoding: spec.encoded()) == spec)
    }

    @Test("An empty standard input is not the same as none")
    func emptyInput() throws {
        var spec = Self.small
        spec.standardInput = []
        #expect(try RunSpec(decoding: spec.encoded()).standardInput == [])
        #expect(try RunSpec(decoding: Self.small.encoded()).standardInput == nil)
    }

    @Test("What becomes of descendants", arguments: RunSpec.Descendants.allCases)
    func descendants(_ descendants: RunSpec.Descendants) throws {
        var spec = Self.small
        spec.descendants = descendants
        #expect(try RunSpec(decoding: spec.encoded()).descendants == descendants)
    }

    @Test("The form on disk stays what older releases read")
    func goldenText() {
        #expect(
            String(decoding: Self.small.encoded(), as: UTF8.self) == """
                almanac-run-spec 1
                run-id 26
                01JQF6Z5K3W8Y2V4N6P8R0T1S3
                task 6
                backup
                argv 7
                /bin/sh
                argv 2
                -e
                argv 2
                -c
                argv 10
                echo hello
                working-directory 1
                /
                stop-signal 2
                15
                grace-ms 4
                5000
                end

                """
        )
    }

    @Test("A key that this release does not know is passed over")
    func unknownKey() throws {
        let text = String(decoding: Self.small.encoded(), as: UTF8.self)
        let extended = text.replacing("stop-signal 2\n", with: "colour 5\nb\nl\ne\nstop-signal 2\n")
        #expect(try RunSpec(decoding: Array(extended.utf8)) == Self.small)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let replace: String
        let with: String
        let error: RunFormatError
    }

    static let refusals = [
        Refusal(
            testDescription: "another version",
            replace: "almanac-run-spec 1",
            with: "almanac-run-spec 2",
            error: .unknownVersion(format: "almanac-run-spec", found: "2", known: 1)
        ),
        Refusal(
            testDescription: "another file",
            replace: "almanac-run-spec 1",
            with: "almanac-run-result 1",
            error: .otherFormat(expected: "almanac-run-spec 1")
        ),
        Refusal(
            testDescription: "no task",
            replace: "task 6\nbackup\n",
            with: "",
            error: .missing(field: "task")
        ),
        Refusal(
            testDescription: "a signal that there is not",
            replace: "stop-signal 2\n15",
            with: "stop-signal 2\n65",
            error: .invalid(field: "stop-signal", value: "65")
        ),
        Refusal(
            testDescription: "a number that is none",
            replace: "grace-ms 4\n5000",
            with: "grace-ms 4\n5 s ",
            error: .invalid(field: "grace-ms", value: "5 s ")
        ),
        Refusal(
            testDescription: "a time before zero",
            replace: "grace-ms 4\n5000",
            with: "grace-ms 2\n-1",
            error: .invalid(field: "grace-ms", value: "-1")
        ),
        Refusal(
            testDescription: "a fate of descendants that nobody knows",
            replace: "end\n",
            with: "descendants 5\nadopt\nend\n",
            error: .invalid(field: "descendants", value: "adopt")
        ),
        Refusal(
            testDescription: "something after the end",
            replace: "end\n",
            with: "end\n!",
            error: .malformed(offset: 183, reason: "there is something after the end")
        ),
        Refusal(
            testDescription: "a length beyond the file",
            replace: "argv 10\n",
            with: "argv 9223372036854775807\n",
            error: .malformed(offset: 105, reason: "the file is cut off")
        ),
        Refusal(
            testDescription: "a length that is too short",
            replace: "argv 10\n",
            with: "argv 9\n",
            error: .malformed(offset: 121, reason: "expected a newline after the value")
        ),
        Refusal(
            testDescription: "a key without a length",
            replace: "argv 10\n",
            with: "argv\n",
            error: .malformed(offset: 105, reason: "expected a key and a length")
        ),
    ]

    @Test(arguments: refusals)
    func refuses(row: Refusal) {
        let text = String(decoding: Self.small.encoded(), as: UTF8.self).replacing(row.replace, with: row.with)
        #expect(throws: row.error) { try RunSpec(decoding: Array(text.utf8)) }
    }

    @Test("No truncated spec is taken for a whole one")
    func truncation() {
        let bytes = Self.large.encoded()
        for length in 0..<bytes.count {
            #expect(throws: RunFormatError.self) { try RunSpec(decoding: Array(bytes[..<length])) }
        }
    }

    @Test("A spec with any one byte changed is read or refused, and never traps")
    func corruption() {
        let bytes = Self.large.encoded()
        var refused = 0
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 0x15
            if (try? RunSpec(decoding: damaged)) == nil { refused += 1 }
        }
        #expect(refused > 100)
    }

    @Test("An error says what was found and what to think of it")
    func words() {
        #expect(
            RunFormatError.unknownVersion(format: "almanac-run-spec", found: "2", known: 1).description
                == "almanac-run-spec has version 2, and this program reads version 1: it was written by another release of Almanac"
        )
        #expect(
            RunFileError(path: "/x/spec", cause: .system(call: "open", errno: 13)).description
                == "/x/spec: open: Permission denied"
        )
    }
}
