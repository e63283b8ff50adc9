import AlmanacConfig
import AlmanacModel
import AlmanacTesting
import Glibc
import Testing

@Suite("A file that cannot be read says so in one plain fault")
struct ConfigurationFileTests {
    private let folder = TemporaryFolder()

    private func faults(at path: String) -> [String] {
        do {
            _ = try ConfigurationFixture.reader.read(path: path)
            return []
        } catch {
            return error.faults.map(\.description)
        }
    }

    private func write(_ bytes: [UInt8]) -> String {
        let path = folder.write("", to: "almanac.toml")
        let descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
        defer { close(descriptor) }
        precondition(unsafe Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
        return path
    }

    @Test("A file is read as its text")
    func reads() throws {
        let path = folder.write(ConfigurationReaderTests.example, to: "almanac.toml")
        #expect(
            try ConfigurationFixture.reader.read(path: path).tasks.map(\.name) == ["backup", "heartbeat", "report"]
        )
    }

    @Test("Faults name the path as it was given")
    func path() {
        let path = folder.write("[api]\nauth = 1", to: "almanac.toml")
        #expect(faults(at: path) == ["\(path):2: [api] auth: expected \"none\" or \"required\", found the number 1"])
    }

    @Test("A file that is not there, a folder, a path through a file")
    func noFile() {
        let missing = folder.file("missing.toml")
        #expect(faults(at: missing) == ["\(missing): cannot read the file: No such file or directory"])
        #expect(faults(at: folder.path) == ["\(folder.path): expected a file, found a directory"])
        let through = folder.write("", to: "almanac.toml") + "/x"
        #expect(faults(at: through) == ["\(through): cannot read the file: Not a directory"])
        #expect(faults(at: "a\0b") == ["a\0b: cannot read the file: its path holds a NUL character"])
    }

    @Test("A file that nobody may read", .disabled(if: geteuid() == 0, "root may read every file"))
    func forbidden() {
        let path = folder.write("", to: "almanac.toml")
        #expect(unsafe chmod(path, 0) == 0)
        #expect(faults(at: path) == ["\(path): cannot read the file: Permission denied"])
    }

    @Test("Text that is not UTF-8 is named at its first wrong byte")
    func notUTF8() throws {
        let path = write(Array("# Grö".utf8) + [0x0A, 0x23, 0xC3, 0xB6, 0xF6, 0x0A])
        #expect(faults(at: path) == ["\(path):2: the text is not UTF-8; save the file in that encoding"])
        let error = try #require(throws: ConfigurationFaults.self) {
            try ConfigurationFixture.reader.read(path: path)
        }
        #expect(error.faults.first?.column == 3)
    }

    @Test("A NUL is named at its place")
    func nul() {
        let path = write([0x0A, 0x0A, 0x61, 0x00])
        #expect(faults(at: path) == ["\(path):3: the text holds a NUL character; remove it"])
    }

    @Test("16 MiB are read, as far as its NUL here; a byte more is not, and neither is an endless file")
    func size() {
        let limit = 16 << 20
        let path = write([UInt8](repeating: 0, count: limit))
        #expect(faults(at: path) == ["\(path):1: the text holds a NUL character; remove it"])
        #expect(write([UInt8](repeating: 0, count: limit + 1)) == path)
        #expect(faults(at: path) == ["\(path): expected a file of at most 16 MiB, found a larger one"])
        #expect(faults(at: "/dev/zero") == ["/dev/zero: expected a file of at most 16 MiB, found a larger one"])
    }
}
