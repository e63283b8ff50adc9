import AlmanacConfig
import AlmanacModel
import AlmanacTesting
import Testing

@testable import AlmanacCommands

@Suite("Imported tasks are text of almanac.toml that reads back as it was meant")
struct ImportedConfigurationTests {
    private func task(_ name: String, run: String = "true") -> ImportedTask {
        var task = ImportedTask(name: name)
        task.set("run", .command(run))
        return task
    }

    private func read(_ text: String) throws -> Configuration {
        try ConfigurationReader(ZoneFixtures.machine()).read(text: text, path: "almanac.toml")
    }

    @Test("Whatever the text, what is read is what was written")
    func texts() throws {
        for text in [
            "plain", "\"quotes\" and 'quotes'", #"back\slash"#, "a\nb\n", "\n", "tab\tbell\u{07}\u{7F}",
            "${HOME} $${X} $$$ ${",
            "\"\"\"", "'''", "ends with \\", "\u{e9}\u{1F600}", "a\r\nb", "\"\"\"\n'''\n\\",
        ] {
            var task = task("a", run: "x \(text)")
            task.set("description", .string(text))
            task.set("env", .table([("A", text), ("B", "b")]))
            task.comments = [text]
            var configuration = ImportedConfiguration()
            configuration.add(task)
            let found = try #require(try read(configuration.text).tasks.first)
            #expect(found.command == "x \(text)")
            #expect(found.summary == text)
            #expect(found.settings.environment == ["A": text, "B": "b"])
        }
    }

    @Test("Names: what cannot be in one is replaced, and what is taken gets a number")
    func names() {
        #expect(ImportedTask.name(like: "pg_dump@main") == "pg_dump:main")
        #expect(ImportedTask.name(like: "a b/\u{e9}") == "a-b--")
        #expect(ImportedTask.name(like: "..") == "task")
        #expect(ImportedTask.name(like: "") == "task")
        #expect(ImportedTask.name(like: String(repeating: "x", count: 300)).utf8.count == 100)
        var configuration = ImportedConfiguration()
        let long = String(repeating: "x", count: 100)
        for name in ["a", "a", "a", long, long] { configuration.add(task(name)) }
        #expect(configuration.tasks.map(\.name) == ["a", "a-2", "a-3", long, long.prefix(98) + "-2"])
    }

    @Test("Tasks are appended to a file; what is there stays, and names that are taken are told")
    func append() throws {
        let folder = TemporaryFolder()
        let path = folder.write("# mine\n[tasks.b]\nrun = 'old' # last line", to: "almanac.toml")
        let reader = ConfigurationReader(try ZoneFixtures.machine())
        var configuration = ImportedConfiguration()
        for name in ["a", "b", "c"] { configuration.add(task(name, run: "new")) }
        let written = try configuration.append(to: path, reader: reader)
        #expect(written == .init(added: ["a", "c"], taken: ["b"]))
        let text = String(decoding: try #require(TemporaryFolder.read(path)), as: UTF8.self)
        #expect(text.hasPrefix("# mine\n[tasks.b]\nrun = 'old' # last line\n\n[tasks.a]\n"))
        #expect(try read(text).tasks.map(\.command) == ["new", "old", "new"])
        // A second time there is nothing to do.
        #expect(try configuration.append(to: path, reader: reader).added.isEmpty)
        #expect(TemporaryFolder.read(path) == Array(text.utf8))
    }

    @Test("A file that is not there is made, its folder too")
    func newFile() throws {
        let folder = TemporaryFolder()
        let path = folder.file("etc/almanac/almanac.toml")
        var configuration = ImportedConfiguration()
        configuration.add(task("a"))
        let reader = ConfigurationReader(try ZoneFixtures.machine())
        #expect(try configuration.append(to: path, reader: reader).added == ["a"])
        #expect(TemporaryFolder.read(path) == Array(configuration.text.utf8))
    }

    @Test("A file with faults is not touched, nor one that would have some")
    func faults() throws {
        let folder = TemporaryFolder()
        let reader = ConfigurationReader(try ZoneFixtures.machine())
        var configuration = ImportedConfiguration()
        configuration.add(task("a"))
        let faulty = folder.write("[tasks.x]\n", to: "faulty.toml")
        #expect(throws: CommandFailure.self) { try configuration.append(to: faulty, reader: reader) }
        #expect(TemporaryFolder.read(faulty) == Array("[tasks.x]\n".utf8))

        let good = folder.write("[tasks.x]\nrun = 'x'\n", to: "good.toml")
        var wrong = task("b")
        wrong.set("cron", .string("61 * * * *"))
        configuration.add(wrong)
        #expect(throws: CommandFailure.self) { try configuration.append(to: good, reader: reader) }
        #expect(TemporaryFolder.read(good) == Array("[tasks.x]\nrun = 'x'\n".utf8))
    }
}
