import AlmanacModel
import Testing

@testable import AlmanacServer

@Suite("A pattern finds lines in a time that is linear in their length")
struct PatternTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var pattern: String
        var fits: [String]
        var misses: [String]
        var ignoresCase = false

        var testDescription: String { pattern }
    }

    static let rows = [
        Row(pattern: "", fits: ["", "a"], misses: []),
        Row(pattern: "abc", fits: ["abc", "xxabcxx"], misses: ["ab", "ABC", "a-bc"]),
        Row(pattern: "a.c", fits: ["abc", "a\u{E9}c"], misses: ["ac", "a"]),
        Row(pattern: "^a", fits: ["a", "ab"], misses: ["ba", ""]),
        Row(pattern: "a$", fits: ["a", "ba"], misses: ["ab"]),
        Row(pattern: "^$", fits: [""], misses: ["a"]),
        Row(pattern: "\\Aab\\z", fits: ["ab"], misses: ["abc"]),
        Row(pattern: "ab|cd|", fits: ["ab", "", "x"], misses: []),
        Row(pattern: "^(ab|cd)$", fits: ["ab", "cd"], misses: ["abcd", ""]),
        Row(pattern: "^(?:a|b)*c$", fits: ["c", "abbac"], misses: ["abba"]),
        Row(pattern: "^(?<name>a)(?P<other>b)$", fits: ["ab"], misses: ["a"]),
        Row(pattern: "^a*$", fits: ["", "aaa"], misses: ["aab"]),
        Row(pattern: "^a+?$", fits: ["a", "aaa"], misses: ["", "aab"]),
        Row(pattern: "^ab?c$", fits: ["ac", "abc"], misses: ["abbc"]),
        Row(pattern: "^a{2}$", fits: ["aa"], misses: ["a", "aaa"]),
        Row(pattern: "^a{2,}$", fits: ["aa", "aaaa"], misses: ["a"]),
        Row(pattern: "^a{1,3}$", fits: ["a", "aa", "aaa"], misses: ["", "aaaa"]),
        Row(pattern: "^a{0}$", fits: [""], misses: ["a"]),
        Row(pattern: "^a{,3}$", fits: ["a{,3}"], misses: ["aaa"]),
        Row(pattern: "^[abc-]+$", fits: ["a-c"], misses: ["d"]),
        Row(pattern: "^[^abc]$", fits: ["d", "\u{1F600}"], misses: ["a"]),
        Row(pattern: "^[]a]+$", fits: ["]a"], misses: ["b"]),
        Row(pattern: "^[\\d\\]x-z]+$", fits: ["1]y"], misses: ["a"]),
        Row(pattern: "^[[:alpha:][:digit:]]+$", fits: ["a1"], misses: ["-"]),
        Row(pattern: "^[[:^alpha:]]+$", fits: ["1-"], misses: ["a"]),
        Row(pattern: "^\\d\\D\\w\\W\\s\\S$", fits: ["1a_- x"], misses: ["aa_- x"]),
        Row(pattern: "\\bcat\\b", fits: ["cat", "a cat!"], misses: ["concat", "cats"]),
        Row(pattern: "\\Bcat", fits: ["concat"], misses: ["cat"]),
        Row(pattern: "\\x41\\x{1F600}\\t", fits: ["A\u{1F600}\t"], misses: ["A\u{1F600} "]),
        Row(pattern: "1\\.5\\*\\\\", fits: ["1.5*\\"], misses: ["1x5*\\"]),
        Row(pattern: "\u{E9}t\u{E9}", fits: ["\u{E9}T\u{C9}"], misses: ["ete"], ignoresCase: true),
        Row(pattern: "[a-c]X", fits: ["Bx"], misses: ["dx"], ignoresCase: true),
        Row(pattern: "a(?i)b", fits: ["ab", "aB"], misses: ["AB"]),
        Row(pattern: "(?i:a)b", fits: ["ab", "Ab"], misses: ["aB"]),
        Row(pattern: "(?i)(?-i:a)b", fits: ["aB"], misses: ["AB"]),
        Row(pattern: "^(a*)*$", fits: ["", "aaa"], misses: ["b"]),
        Row(pattern: "(|a)+b", fits: ["b", "ab"], misses: ["a"]),
        Row(pattern: "a{b", fits: ["a{b"], misses: ["ab"]),
    ]

    @Test("Rule by rule", arguments: rows)
    func rule(row: Row) throws {
        let scanner = PatternScanner(try PatternProgram(row.pattern, ignoresCase: row.ignoresCase))
        for line in row.fits { #expect(scanner.finds(Array(line.utf8)), "\(line)") }
        for line in row.misses { #expect(!scanner.finds(Array(line.utf8)), "\(line)") }
    }

    @Test(
        "What is no pattern is told with its place",
        arguments: [
            ("a(b", 2), ("a)b", 2), ("*a", 1), ("a|*", 3), ("a**", 1), ("[a", 1), ("[b-a]", 2), ("a\\", 2), ("\\q", 1),
            ("\\1", 1), ("\\pL", 1), ("(?=a)", 3), ("(?<!a)", 4), ("(?", 1), ("a{1001}", 2), ("a{3,2}", 2),
            ("[[:x:]]", 2),
            ("\\x{110000}", 1), ("\\xZZ", 1), ("(?<>a)", 4),
        ]
    )
    func fault(pattern: String, column: Int) {
        let error = #expect(throws: PatternError.self) { try PatternProgram(pattern, ignoresCase: false) }
        #expect(error?.column == column, "\(error?.message ?? "")")
    }

    @Test(
        "What would be too large is refused before it is",
        arguments: [
            "(x{1000}){1000}", "((((((){1000}){1000}){1000}){1000}){1000}){1000}", String(repeating: "(", count: 1000),
            "((a{100}){100}|b){20}",
        ]
    )
    func size(pattern: String) {
        #expect(throws: PatternError.self) { try PatternProgram(pattern, ignoresCase: false) }
    }

    @Test(
        "Patterns that would take others for ever take steps in proportion to the line",
        arguments: [
            "(a*)*b", "(a|aa)+$b", "(a|a)*b", "^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y", "(.*)(.*)(.*)(.*)(.*)[^a]",
        ]
    )
    func linear(pattern: String) throws {
        let program = try PatternProgram(pattern, ignoresCase: false)
        func work(_ count: Int) -> Int {
            let scanner = PatternScanner(program)
            #expect(!scanner.finds(Array(repeating: UInt8(ascii: "a"), count: count)))
            return scanner.work
        }
        let (short, long) = (work(500), work(5000))
        #expect(long < 11 * short)
        #expect(long < 5001 * 2 * (program.steps.count + 1))
    }

    @Test("Bytes that are no UTF-8 are U+FFFD")
    func bytes() throws {
        let scanner = PatternScanner(try PatternProgram("^a\\x{FFFD}b$", ignoresCase: false))
        #expect(scanner.finds([0x61, 0xFF, 0x62]))
    }

    @Test("A text is found as it is, in either case where that does not count")
    func text() {
        func finds(_ text: String, _ line: String, isCaseSensitive: Bool) -> Bool {
            LinePattern.text(text, isCaseSensitive: isCaseSensitive).scanner().finds(Array(line.utf8))
        }
        #expect(finds("a.c", "xa.cx", isCaseSensitive: true))
        #expect(!finds("a.c", "abc", isCaseSensitive: false))
        #expect(finds("ERROR", "an error", isCaseSensitive: false))
        #expect(!finds("ERROR", "an error", isCaseSensitive: true))
        #expect(finds("\u{C9}T\u{C9}", "l'\u{E9}t\u{E9}", isCaseSensitive: false))
        #expect(!finds("longer than it", "short", isCaseSensitive: false))
        #expect(finds("aab", "aaab", isCaseSensitive: true))
    }

    @Test("A random pattern finds what Swift's own expressions find")
    func differential() throws {
        var generator = SystemRandomNumberGenerator()
        let atoms = [
            "a", "b", "c", ".", "[ab]", "[^a]", "(a|bc)", "(?:b*c)", "\\w", "a?", "b+", "c{1,2}", "(a*)b", "^", "$",
            "\\b",
        ]
        for _ in 0..<2000 {
            var pattern = (0..<Int.random(in: 1...5)).map { _ in atoms.randomElement(using: &generator)! }.joined()
            if Bool.random() { pattern += "|" + atoms.randomElement(using: &generator)! }
            let line = String((0..<Int.random(in: 0...8)).map { _ in "abc ".randomElement(using: &generator)! })
            // Its word boundaries are Unicode's unless it is told otherwise.
            let theirs = try Regex(pattern).wordBoundaryKind(.simple).firstMatch(in: line) != nil
            let scanner = PatternScanner(try PatternProgram(pattern, ignoresCase: false))
            #expect(scanner.finds(Array(line.utf8)) == theirs, "\(pattern) on '\(line)'")
        }
    }
}
