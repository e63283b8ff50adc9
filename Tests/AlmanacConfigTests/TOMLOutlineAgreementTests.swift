import AlmanacTesting
import TOMLKit
import Testing

@testable import AlmanacConfig

@Suite("The outline and TOMLKit see the same keys in every text that TOMLKit takes")
struct TOMLOutlineAgreementTests {
    /// What TOMLKit found that the outline has not, or has otherwise.
    static func disagreements(_ text: String, with root: TOMLTable) -> [String] {
        let bytes = Array(text.utf8)
        let outline = TOMLScanner.outline(of: bytes)
        if let stop = outline.stop { return ["stopped: \(stop)"] }

        func compare(_ value: any TOMLValueConvertible, _ id: TOMLOutline.NodeID, path: String) -> [String] {
            switch value.type {
            case .table:
                guard let table = value.table else { return ["\(path): no table"] }
                let keys = table.keys
                guard keys.count == outline[id].children.count else { return ["\(path): \(keys)"] }
                return keys.flatMap { key in
                    guard let child = outline.child(key, of: id), outline[child].name == key else {
                        return ["\(path).\(key): not located"]
                    }
                    return table[key].map { compare($0, child, path: "\(path).\(key)") } ?? ["\(path).\(key): no value"]
                }
            case .array:
                guard let array = value.array, array.count == outline[id].children.count else {
                    return ["\(path): array"]
                }
                return array.indices.flatMap { compare(array[$0], outline[id].children[$0], path: "\(path)[\($0)]") }
            case .string:
                guard let range = outline[id].plainText else { return [] }
                let plain = String(decoding: bytes[range], as: UTF8.self)
                return value.string == plain ? [] : ["\(path): \(plain) for \(value.string ?? "nothing")"]
            default:
                return outline[id].plainText == nil ? [] : ["\(path): text that is no string"]
            }
        }
        return compare(root, TOMLOutline.root, path: "")
    }

    @Test("Documents of every kind", arguments: TOMLSamples.documents)
    func documents(text: String) throws {
        #expect(Self.disagreements(text, with: try TOMLTable(string: text)) == [])
    }

    @Test("Every beginning of a document that is one itself")
    func prefixes() {
        var taken = 0
        for text in TOMLSamples.documents {
            for end in text.unicodeScalars.indices {
                let prefix = String(text.unicodeScalars[..<end])
                guard let document = try? TOMLDocument(text: prefix, path: "") else { continue }
                taken += 1
                #expect(Self.disagreements(prefix, with: document.root) == [], "\(prefix.debugDescription)")
                document.discard()
            }
        }
        #expect(taken > 150)
    }

    @Test("Documents made at random stand where their maker put them", arguments: 1...300 as ClosedRange<UInt64>)
    func generated(seed: UInt64) throws {
        var maker = TOMLMaker(seed: seed)
        maker.makeDocument()
        let bytes = Array(maker.text.utf8)
        let outline = TOMLScanner.outline(of: bytes)
        #expect(outline.stop == nil)
        #expect(TOMLScannerTests.places(in: outline, bytes: bytes).sorted() == maker.places.sorted())
        #expect(Self.disagreements(maker.text, with: try TOMLTable(string: maker.text)) == [])
    }

    @Test(
        "Damaged documents trap nobody, and those that still are TOML agree",
        arguments: 1...8 as ClosedRange<UInt64>
    )
    func mutations(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var taken = 0
        for _ in 0..<1000 {
            let text = TOMLSamples.damaged(using: &random)
            if let document = try? TOMLDocument(text: text, path: "") {
                taken += 1
                #expect(Self.disagreements(text, with: document.root) == [], "\(text.debugDescription)")
                document.discard()
            }
            for fault in ConfigurationFixture.faults(of: text) {
                #expect(fault.hasPrefix("almanac.toml:"), "\(text.debugDescription)")
            }
        }
        #expect(taken > 50)
    }

    @Test("Without an outline the values are the same, and the faults lack their lines alone")
    func withoutOutline() throws {
        let text = "[tasks.a]\nrun = 'x'\ntimout = '1s'\nqueue_max = 'many'"
        func faults(outline: TOMLOutline) throws -> [ConfigurationFault] {
            let document = TOMLDocument(bytes: Array(text.utf8), root: try TOMLTable(string: text), outline: outline)
            let faults = FaultCollector()
            let base = PathBase(file: "a", currentFolder: "/", home: nil)
            let substitution = Substitution(environment: [:], files: ReferencedFiles(base: base))
            TableReader.read(document, faults: faults, substitution: substitution) { root in
                root.tables("tasks") { name, table in
                    #expect(name == "a")
                    #expect(table.optional("run", .command) == "x")
                    _ = table.optional("timeout", .duration)
                    _ = table.optional("queue_max", .integer(in: 0...9))
                }
            }
            return faults.refusal(path: "a", bytes: document.bytes).faults
        }
        let located = try faults(outline: TOMLScanner.outline(of: Array(text.utf8)))
        let unlocated = try faults(outline: TOMLOutline())
        #expect(located.map(\.line) == [3, 4])
        #expect(unlocated.map(\.line) == [nil, nil])
        #expect(Set(unlocated.map(\.message)) == Set(located.map(\.message)))
    }
}
