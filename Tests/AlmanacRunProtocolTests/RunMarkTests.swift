import AlmanacRunProtocol
import AlmanacTesting
import Testing

@Suite("What a run's processes are known by comes back as it was written")
struct RunMarkTests {
    @Test(arguments: [
        RunMark(bootID: nil),
        RunMark(bootID: "b", auditSession: 1, command: nil, outputInode: nil),
        RunMark(
            bootID: "00000000-0000-4000-8000-000000000000",
            auditSession: .max - 1,
            command: ProcessStatus(pid: 42, parentPID: 0, startTime: .max),
            outputInode: .max
        ),
    ])
    func roundTrip(mark: RunMark) throws {
        let temporary = TemporaryFolder()
        try mark.write(in: temporary.run)
        #expect(try RunMark.read(in: temporary.run) == mark)
    }

    @Test("A command without its start is none")
    func halfCommand() {
        let text = "almanac-run-mark 1\ncommand-pid 2\n42\nend\n"
        #expect(throws: RunFormatError.missing(field: "command-start")) { try RunMark(decoding: Array(text.utf8)) }
    }

    @Test("The notice of a command's end comes back from its line", arguments: [0, 3, 143])
    func notice(code: Int32) {
        func line(_ stream: LogStream, _ text: String) -> LogLine {
            LogLine(nanosecondsSinceEpoch: 0, stream: stream, isComplete: true, text: Array(text.utf8))
        }
        let notice = CommandEndNotice(exitCode: code)
        #expect(CommandEndNotice(line(.system, notice.text)) == notice)
        #expect(CommandEndNotice(line(.stdout, notice.text)) == nil)
        #expect(CommandEndNotice(line(.system, notice.text + "!")) == nil)
        #expect(CommandEndNotice(line(.system, "asked to stop (stopped): sending SIGTERM")) == nil)
    }
}
