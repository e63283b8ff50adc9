import AlmanacModel
import AlmanacRunProtocol
import AlmanacTesting
import Glibc
import Testing

@testable import AlmanacRuns

@Suite("Of a run that has ended the log stays, and nothing else")
struct WorkingFilesTests {
    private let data = TemporaryFolder()
    private let runs = ["01ARYZ6S41TSV4RRFFQ69G5FAV", "01ARYZ6S41TSV4RRFFQ69G5FAW"].compactMap { RunID($0) }

    /// The folder of a run, with all that may be in it.
    private func folder(of run: RunID) throws -> RunFolder {
        let folder = RunFolder(dataFolder: data.path, taskName: "job", runID: run.description)
        try folder.create()
        for name in ["spec", "spec.new", "started", "stop", "result", "lock", "log", "log.old"] {
            data.write("", to: "runs/job/\(run)/\(name)")
        }
        return folder
    }

    private func files(of run: RunID) -> String? {
        ChildProcess.run(["ls", data.file("runs/job/\(run)")])?.standardOutput
    }

    @Test("All that the run needs no more goes")
    func removal() throws {
        let files = try WorkingFiles(dataFolder: data.path)
        files.remove(runs[0], in: try folder(of: runs[0]))
        #expect(self.files(of: runs[0]) == "log\nlog.old\n")
    }

    @Test("A run whose end is being committed is noted for the next daemon")
    func notes() throws {
        let files = try WorkingFiles(dataFolder: data.path)
        #expect(files.noted == [])
        files.note(runs)
        files.note([runs[1]])
        #expect(try WorkingFiles(dataFolder: data.path).noted == [runs[1]])
    }

    @Test("What the disk refuses to remove goes with a later run, and stays noted until then")
    func refusal() throws {
        let files = try WorkingFiles(dataFolder: data.path)
        let first = try folder(of: runs[0])
        // No call that removes a file removes a folder.
        #expect(unsafe unlink(first.specPath) == 0 && mkdir(first.specPath, 0o700) == 0)
        files.remove(runs[0], in: first)
        #expect(self.files(of: runs[0]) == "log\nlog.old\nspec\n")
        files.note([runs[1]])
        #expect(files.noted == runs)

        #expect(unsafe rmdir(first.specPath) == 0)
        data.write("", to: "runs/job/\(runs[0])/spec")
        files.remove(runs[1], in: try folder(of: runs[1]))
        #expect(self.files(of: runs[0]) == "log\nlog.old\n")
        files.note([])
        #expect(files.noted == [])
    }
}
