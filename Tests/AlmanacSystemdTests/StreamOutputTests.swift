import AlmanacSystemd
import AlmanacTesting
import Glibc
import Logging
import Testing

@Suite("A message on standard error is a line for each of its lines, and no error of writing is fatal")
struct StreamOutputTests {
    @Test("Each line has time, level and source; the metadata that the journal is searched by stays out")
    func text() throws {
        let folder = TemporaryFolder()
        let path = folder.write("", to: "log")
        let descriptor = unsafe open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        defer { close(descriptor) }
        var output = StreamOutput(descriptor: descriptor, label: "almanac")
        let record = LogRecord(
            level: .error,
            message: "first\nsecond",
            fields: [
                LogRecord.Field("address", "here"), LogRecord.Field("event", "run_failed"),
                LogRecord.Field("task", "t"),
            ],
            source: "AlmanacRuns"
        )
        #expect(output.write(record) == .written)
        let lines = String(decoding: TemporaryFolder.read(path) ?? [], as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 2)
        #expect(
            lines.first?.wholeMatch(
                of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} error almanac: address=here \[AlmanacRuns\] first/
            ) != nil
        )
        #expect(lines.last?.hasSuffix(" error almanac: address=here [AlmanacRuns] second") == true)
    }

    @Test("A pipe that nobody reads any more refuses, a full disk postpones")
    func errors() {
        signal(SIGPIPE, SIG_IGN)
        let record = LogRecord(level: .info, message: "message")
        var ends: [Int32] = [-1, -1]
        #expect(unsafe pipe(&ends) == 0)
        close(ends[0])
        var broken = StreamOutput(descriptor: ends[1], label: "almanac")
        #expect(broken.write(record) == .refused)
        close(ends[1])
        let full = unsafe open("/dev/full", O_WRONLY | O_CLOEXEC)
        defer { close(full) }
        var onFullDisk = StreamOutput(descriptor: full, label: "almanac")
        #expect(onFullDisk.write(record) == .postponed)
        #expect(onFullDisk.write(record) == .postponed)
    }

    @Test("Standard error is the journal only where JOURNAL_STREAM names its device and its inode")
    func stream() {
        var status = stat()
        #expect(unsafe fstat(2, &status) == 0)
        let (device, inode) = (status.st_dev, status.st_ino)
        #expect(JournalStream.isStandardError("\(device):\(inode)"))
        for other in [
            nil, "", ":", "\(device)", "\(device):\(inode + 1)", "\(device):\(inode):", "x\(device):\(inode)",
        ] {
            #expect(!JournalStream.isStandardError(other))
        }
    }
}
