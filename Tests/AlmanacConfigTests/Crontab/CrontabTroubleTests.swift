import AlmanacConfig
import AlmanacTesting
import Testing

@Suite("No crontab is too bad to be read, and what is wrong is told once")
struct CrontabTroubleTests {
    private static func read(_ bytes: [UInt8]) -> Crontab {
        Crontab(parsing: bytes, path: "/tab", owner: .system)
    }

    @Test("A binary file is at fault as a whole")
    func binary() {
        var random = SeededGenerator(seed: 5)
        let crontab = Self.read((0..<100_000).map { _ in UInt8.random(in: 0...255, using: &random) })
        #expect(crontab.entries.isEmpty && crontab.warnings.isEmpty)
        #expect(crontab.faults.count == 1)
        #expect(crontab.faults.first?.message.hasPrefix("it holds a NUL character") == true)
        #expect(crontab.lineCounts.faulty == crontab.lineCounts.total)
        #expect(Self.read(Array("@daily root x\n@daily root a\0b\n".utf8)).entries.isEmpty)
    }

    @Test("Bytes without a NUL never trap, and every line is counted", arguments: [UInt64(1), 2, 3, 4])
    func noise(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let alphabet: [UInt8] = Array("*0123456789,-/ \t\n\n=\"'%\\@#abcrootx\r".utf8) + [0xC3, 0xA9, 0xFF, 0x80]
        for _ in 0..<200 {
            let bytes = (0..<500).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            for owner in [Crontab.Owner.system, .user("alice")] {
                let crontab = Crontab(parsing: bytes, path: "/tab", owner: owner)
                let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
                #expect(crontab.lineCounts.total == lines.count - (lines.last?.isEmpty == true ? 1 : 0))
                #expect(crontab.lineCounts.entries == crontab.entries.count)
            }
        }
    }

    @Test("A line of 100 KB is one fault, whatever it is made of")
    func long() {
        for piece in ["*", "*,", "1", "x ", "A", "\"", "* * * * * root y", "#"] {
            let line = String(repeating: piece, count: 100_000 / piece.utf8.count)
            let crontab = Self.read(Array("\(line)\n@daily root z\n".utf8))
            #expect(crontab.faults.count == (piece == "#" ? 0 : 1), "\(piece)")
            #expect(crontab.faults.allSatisfy { $0.line == 1 && $0.message.utf8.count < 400 }, "\(piece)")
            #expect(crontab.entries.count == 1, "\(piece)")
        }
    }

    @Test("Text that is not UTF-8 is a fault of its line")
    func encoding() {
        let crontab = Self.read(
            Array("A=".utf8) + [0xE9] + Array("\n@daily root ".utf8) + [0xE9] + Array("\n@daily ".utf8) + [0xE9]
                + Array(" x\n@daily root y\n".utf8)
        )
        #expect(crontab.faults.map(\.line) == [1, 2, 3])
        #expect(crontab.entries.map(\.line) == [4])
    }

    @Test("Of many faults and warnings the first hundred are told, and how many there are")
    func many() {
        let crontab = Self.read(Array(String(repeating: "x\n0 9-1 * * * root y\n", count: 150).utf8))
        #expect(crontab.faults.count == 101 && crontab.warnings.count == 101)
        #expect(
            crontab.faults.first == Crontab.Remark(line: nil, message: "150 lines are at fault; the first 100 are told")
        )
        #expect(crontab.lineCounts.faulty == 150)
        #expect(crontab.entries.count == 150)
    }

    @Test("As cron, it takes no longer file than one of 10000 lines and a header of three")
    func limit() {
        func crontab(_ count: Int) -> Crontab {
            Self.read(Array(String(repeating: "@daily root x\n", count: count).utf8))
        }
        #expect(crontab(10_003).entries.count == 10_003)
        let refused = crontab(10_004)
        #expect(refused.entries.isEmpty)
        #expect(
            refused.faults == [
                Crontab.Remark(line: 10_004, message: "cron takes no crontab of more than 10000 lines; divide it")
            ]
        )
        #expect(refused.lineCounts.faulty == 10_004)
    }

    @Test("A crontab sets 256 variables at most")
    func variables() {
        let text = (0..<300).map { "V\($0)=1\n" }.joined()
        #expect(CrontabFixture.user(text).faults.count == 44)
    }
}
