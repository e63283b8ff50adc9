import AlmanacRunProtocol
import Glibc
import Testing

@Suite("Descendants are found by the parents of all processes")
struct ProcessTableTests {
    static let rest = "1 3 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 8765 0 0\n"

    struct Name: Sendable, CustomTestStringConvertible {
        let name: [UInt8]
        let testDescription: String
    }

    @Test(
        "The program's name may be anything",
        arguments: [
            Name(name: Array("sh".utf8), testDescription: "plain"),
            Name(name: [], testDescription: "empty"),
            Name(name: Array(") S 77 (".utf8), testDescription: "parentheses that look like fields"),
            Name(name: Array("a b\nc".utf8), testDescription: "spaces and newlines"),
            Name(name: [0xFF, 0x28, 0x00], testDescription: "no UTF-8"),
        ]
    )
    func statLine(name: Name) {
        let bytes = Array("4242 (".utf8) + name.name + Array(") S 17 \(Self.rest)".utf8)
        #expect(ProcessStatus(stat: bytes) == ProcessStatus(pid: 4242, parentPID: 17, sessionID: 3, startTime: 8765))
    }

    @Test(arguments: ["", "4242", "4242 (sh", "4242 (sh) S", "x (sh) S 17 ", "4242 )sh( S 17 "])
    func damaged(text: String) {
        #expect(ProcessStatus(stat: Array(text.utf8)) == nil)
    }

    @Test func zombie() {
        #expect(ProcessStatus(stat: Array("1 (x) Z 2 \(Self.rest)".utf8))?.isZombie == true)
    }

    @Test("The chain of parents counts, in whatever order the processes come")
    func descendants() {
        let processes: [(Int32, Int32)] = [
            (9, 8), (8, 7), (7, 5), (6, 5), (5, 1), (4, 1), (3, 4), (1, 0), (20, 21), (21, 20),
        ]
        let table = ProcessTable(
            processes.map { ProcessStatus(pid: $0.0, parentPID: $0.1, startTime: 0) }
                + [ProcessStatus(pid: 10, parentPID: 6, startTime: 0, isZombie: true)]
        )
        #expect(table.descendants(of: 5).map(\.pid).sorted() == [6, 7, 8, 9])
        #expect(table.descendants(of: 9).isEmpty)
        #expect(table.descendants(of: 99).isEmpty)
        #expect(table.descendants(of: 20).map(\.pid) == [21])
    }

    @Test("The machine's own table holds this process and its parent")
    func real() {
        let own = ProcessStatus.current(of: getpid())
        #expect(own?.parentPID == getppid())
        #expect(ProcessTable.current().descendants(of: getppid()).contains { $0.pid == getpid() })
    }
}
