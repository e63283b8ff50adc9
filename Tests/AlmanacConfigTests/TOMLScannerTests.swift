import Testing

@testable import AlmanacConfig

@Suite("The outline has every key and element of a text at its place")
struct TOMLScannerTests {
    struct Row: CustomTestStringConvertible {
        let rule: String
        let text: String
        /// `path key-line:column value-line:column`, in the order of the text.
        let places: [String]

        init(_ rule: String, _ text: String, _ places: [String]) {
            self.rule = rule
            self.text = text
            self.places = places
        }

        var testDescription: String { rule }
    }

    /// The places in an outline as the rows write them.
    static func places(in outline: TOMLOutline, bytes: [UInt8]) -> [String] {
        func place(_ offset: Int) -> String {
            var cursor = TextCursor(bytes)
            cursor.advance(to: offset)
            return "\(cursor.line):\(cursor.column)"
        }
        func places(below id: TOMLOutline.NodeID, path: String) -> [String] {
            outline[id].children.enumerated().flatMap { index, child in
                let node = outline[child]
                let path = node.name.map { path.isEmpty ? $0 : "\(path).\($0)" } ?? "\(path)[\(index)]"
                let line = "\(path) \(place(node.offset)) \(place(node.valueOffset))"
                return [line] + places(below: child, path: path)
            }
        }
        return places(below: TOMLOutline.root, path: "")
    }

    @Test(
        arguments: [
            Row("bare keys", "a = 1\n  b-1_C=2", ["a 1:1 1:5", "b-1_C 2:3 2:9"]),
            Row("quoted keys", "\"a b\" = 1\n'c\"d' = 2\n\"\" = 3", ["a b 1:1 1:9", "c\"d 2:1 2:9", " 3:1 3:6"]),
            Row("escapes in keys", #""\u0061\t\U0001F600\"" = 1"#, ["a\t😀\" 1:1 1:26"]),
            Row(
                "dotted keys",
                "a.b.c = 1\na . \"b\" . d = 2",
                ["a 1:1 1:1", "a.b 1:3 1:3", "a.b.c 1:5 1:9", "a.b.d 2:11 2:15"]
            ),
            Row("numbers as keys", "3.14 = 'x'", ["3 1:1 1:1", "3.14 1:3 1:8"]),
            Row("a header", "[a]\nb = 1", ["a 1:1 1:1", "a.b 2:1 2:5"]),
            Row("a dotted header", "\n [ a . 'b' ] # c\nc = 1", ["a 2:2 2:2", "a.b 2:2 2:2", "a.b.c 3:1 3:5"]),
            Row("a header after those below it", "[a.b]\n[a]\nc = 1", ["a 2:1 2:1", "a.b 1:1 1:1", "a.c 3:1 3:5"]),
            Row(
                "an array of tables",
                "[[a]]\nb = 1\n[[a]]\nb = 2\n[a.c]\nd = 3",
                [
                    "a 1:1 1:1", "a[0] 1:1 1:1", "a[0].b 2:1 2:5", "a[1] 3:1 3:1", "a[1].b 4:1 4:5", "a[1].c 5:1 5:1",
                    "a[1].c.d 6:1 6:5",
                ]
            ),
            Row(
                "an inline table",
                "a = { b = 1, c.d = '}', e = {} }\nf = 1",
                ["a 1:1 1:5", "a.b 1:7 1:11", "a.c 1:14 1:14", "a.c.d 1:16 1:20", "a.e 1:25 1:29", "f 2:1 2:5"]
            ),
            Row(
                "an array over lines",
                "a = [ # [\n  1, # ]\n  [ '2', ], { b = 3 }\n,]\nc = 1",
                ["a 1:1 1:5", "a[0] 2:3 2:3", "a[1] 3:3 3:3", "a[1][0] 3:5 3:5", "a[2] 3:13 3:13", "a[2].b 3:15 3:19"]
                    + ["c 5:1 5:5"]
            ),
            Row(
                "empty arrays and tables",
                "a=[]\nb=[ \n ]\nc={}\nd=1",
                ["a 1:1 1:3", "b 2:1 2:3", "c 4:1 4:3", "d 5:1 5:3"]
            ),
            Row(
                "strings that hold quotes",
                #"a = "\"b = 1""# + "\nc = '\"'\nd = 1",
                ["a 1:1 1:5", "c 2:1 2:5", "d 3:1 3:5"]
            ),
            Row(
                "strings that end in a backslash",
                #"a = "\\""# + "\nb = '\\'\nc = 1",
                ["a 1:1 1:5", "b 2:1 2:5", "c 3:1 3:5"]
            ),
            Row(
                "strings that hold signs",
                "a = '# [x] = {'\nb = \"[y]\"\nc = 1",
                ["a 1:1 1:5", "b 2:1 2:5", "c 3:1 3:5"]
            ),
            Row("empty strings", "a = ''\nb = \"\"\nc = 1", ["a 1:1 1:5", "b 2:1 2:5", "c 3:1 3:5"]),
            Row(
                "a basic string over lines",
                "a = \"\"\"\nb = 1\n\\\"\"\"c = 2\n\"\" d \\\\\"\"\"\ne = 1",
                ["a 1:1 1:5", "e 5:1 5:5"]
            ),
            Row("a literal string over lines", "a = '''\nb = 1\n'' \\'''\nc = 1", ["a 1:1 1:5", "c 4:1 4:5"]),
            Row(
                "quotes at the end of a string over lines",
                "a = \"\"\"x\"\"\"\"\nb = \"\"\"x\"\"\"\"\"\nc = '''x''''\nd = ''''''''\ne = 1",
                ["a 1:1 1:5", "b 2:1 2:5", "c 3:1 3:5", "d 4:1 4:5", "e 5:1 5:5"]
            ),
            Row("a line end escaped", "a = \"\"\"x \\\r\n   y\"\"\"\r\nb = 1", ["a 1:1 1:5", "b 3:1 3:5"]),
            Row(
                "CRLF",
                "# a\r\n[b]\r\nc = [\r\n1\r\n]\r\n\r\nd = 1\r\n",
                ["b 2:1 2:1", "b.c 3:1 3:5", "b.c[0] 4:1 4:1", "b.d 7:1 7:5"]
            ),
            Row("a byte order mark", "\u{FEFF}a = 1", ["a 1:1 1:5"]),
            Row(
                "columns are code points",
                "\"ä€😀\" = 'ö' # é\nb = { 'é' = 1, c = 2 }",
                ["ä€😀 1:1 1:9", "b 2:1 2:5", "b.é 2:7 2:13", "b.c 2:16 2:20"]
            ),
            Row(
                "dates with a blank, numbers, booleans",
                "a = 1979-05-27 07:32:00\nb = 1979-05-27 # c\nd = [1979-05-27 ,+1.0e-3,true]\ne = 0x1F\nf = inf",
                [
                    "a 1:1 1:5", "b 2:1 2:5", "d 3:1 3:5", "d[0] 3:6 3:6", "d[1] 3:18 3:18", "d[2] 3:26 3:26",
                    "e 4:1 4:5", "f 5:1 5:5",
                ]
            ),
            Row("comments", "#a = 1\n # [b]\nc = 1 # d = 2\n[e]#f\n#", ["c 3:1 3:5", "e 4:1 4:1"]),
        ]
    )
    func places(row: Row) {
        let bytes = Array(row.text.utf8)
        let outline = TOMLScanner.outline(of: bytes)
        #expect(outline.stop == nil)
        #expect(Self.places(in: outline, bytes: bytes) == row.places)
    }

    @Test(
        "It stops where a text is not TOML, and says why",
        arguments: [
            ("a", #"1:2 not valid TOML: expected "=" after the key, found the end of the file"#),
            ("a\n= 1", #"1:2 not valid TOML: expected "=" after the key, found the end of the line"#),
            ("a =", "1:4 not valid TOML: expected a value, found the end of the file"),
            ("a = # b", ##"1:5 not valid TOML: expected a value, found "#""##),
            ("= 1", #"1:1 not valid TOML: expected a key, found "=""#),
            ("é = 1", #"1:1 not valid TOML: expected a key, found "é""#),
            ("a. = 1", #"1:4 not valid TOML: expected a key, found "=""#),
            ("a = 1 b = 2", #"1:7 not valid TOML: expected the end of the line, found "b""#),
            ("[a", #"1:3 not valid TOML: expected "]", found the end of the file"#),
            ("[[a]", #"1:5 not valid TOML: expected "]", found the end of the file"#),
            ("[]", #"1:2 not valid TOML: expected a key, found "]""#),
            ("[=]", #"1:2 not valid TOML: expected a key, found "=""#),
            ("[a] b = 1", #"1:5 not valid TOML: expected the end of the line, found "b""#),
            ("a = 'x", "1:5 not valid TOML: the string that begins here does not end on its line"),
            ("a = \"x\ny\"", "1:5 not valid TOML: the string that begins here does not end on its line"),
            ("a = \"\"\"x\"\"\n", "1:5 not valid TOML: the string that begins here does not end"),
            ("a = \"\\", "1:7 not valid TOML: expected an escape sequence, found the end of the file"),
            ("a = [1", #"1:7 not valid TOML: expected "," or "]", found the end of the file"#),
            ("a = [1\n 2]", #"2:2 not valid TOML: expected "," or "]", found "2""#),
            ("a = [,]", #"1:6 not valid TOML: expected a value, found ",""#),
            ("a = [}", #"1:6 not valid TOML: expected a value, found "}""#),
            ("a = { b = 1, }", #"1:14 not valid TOML: expected a key, found "}""#),
            (
                "a = { b = 1\n}",
                #"1:12 not valid TOML: expected "," or "}" on the same line, found the end of the line"#
            ),
            ("a = {\n}", "1:6 not valid TOML: expected a key, found the end of the line"),
            ("a\r= 1", #"1:2 not valid TOML: expected "=" after the key, found the end of the line"#),
            (
                "a = 1\r",
                "1:7 not valid TOML: expected a line feed after the carriage return, found the end of the file"
            ),
            ("a = Europe/Berlin", #"1:5 not valid TOML: "Europe/Berlin" is not a value; text stands in quotes"#),
            ("a = 30s", #"1:5 not valid TOML: "30s" is not a value; text stands in quotes"#),
            ("a = True", #"1:5 not valid TOML: "True" is not a value; text stands in quotes"#),
            ("a = [1, \u{2028}2]", #"1:9 not valid TOML: "\#u{2028}2" is not a value; text stands in quotes"#),
            ("a = 1979-05-27 1", #"1:5 not valid TOML: "1979-05-27 1" is not a value; text stands in quotes"#),
            ("a = 0x", #"1:5 not valid TOML: "0x" is not a value; text stands in quotes"#),
            // What TOMLKit finds.
            ("a = 01", "1:7 not valid TOML: leading zeroes are prohibited"),
            ("a = 1979-13-01", "1:12 not valid TOML: expected month between 1 and 12 (inclusive), saw 13"),
            ("a = \"\\q\"", #"1:7 not valid TOML: unknown escape sequence '\q'"#),
            (
                "# \u{1}",
                "1:3 not valid TOML: control characters other than TAB (U+0009) are explicitly prohibited in comments"
            ),
            ("a = 99999999999999999999", "1:25 not valid TOML: '99999999999999999999' is not representable in 64 bits"),
            // Definitions.
            ("a = 1\nb = 2\n a = 3", "3:2 a is defined a second time; it stands on line 1 already"),
            ("[a]\nb.c = 1\nb.c = 2", "3:3 a.b.c is defined a second time; it stands on line 2 already"),
            ("[a.'b c']\n[a]\n[a.'b c']", #"3:1 a."b c" is defined a second time; it stands on line 1 already"#),
            ("a = {}\n[a]", "2:1 a is defined a second time; it stands on line 1 already"),
            ("a = 1\n[a.b]", "2:1 a is defined a second time; it stands on line 1 already"),
            ("[a]\n[[a]]", "2:1 a is defined a second time; it stands on line 1 already"),
            ("a = {}\na.b = 1", "2:1 a is defined a second time; it stands on line 1 already"),
            ("a.b = 1\na = 2", "2:1 a is defined a second time; it stands on line 1 already"),
            ("[[a]]\nb = 1\n[[a]]\nb = 1\nb = 2", "5:1 a.b is defined a second time; it stands on line 4 already"),
            ("[a]\nb.c = 1\n[a.b]", "3:1 not valid TOML: cannot redefine existing table 'a.b'"),
            // What no value can hold.
            ("a = \"x\\u0000\"", "1:7 this escape stands for NUL, which no value can hold; remove it"),
            ("\"\\U00000000\" = 1", "1:2 this escape stands for NUL, which no value can hold; remove it"),
            ("a = 1 # \u{0}", "1:9 the text holds a NUL character; remove it"),
        ] as [(String, String)]
    )
    func stops(text: String, expected: String) throws {
        let faults = try #require(throws: ConfigurationFaults.self) { try ConfigurationFixture.read(text) }.faults
        let fault = try #require(faults.first)
        #expect(faults.count == 1)
        #expect("\(fault.line ?? 0):\(fault.column ?? 0) \(fault.message)" == expected)
    }

    @Test("It goes no deeper than 64 levels, however they are written", .timeLimit(.minutes(1)))
    func depth() {
        func stop(_ text: String) -> TOMLOutline.Stop? { TOMLScanner.outline(of: Array(text.utf8)).stop }
        func isTooDeep(_ text: String) -> Bool {
            if case .tooDeep = stop(text) { true } else { false }
        }
        func dotted(_ count: Int) -> String { Array(repeating: "a", count: count).joined(separator: ".") }
        #expect(stop("\(dotted(64)) = 1") == nil)
        #expect(stop("[\(dotted(63))]\na = 1") == nil)
        #expect(stop("a = " + String(repeating: "[", count: 63) + "1" + String(repeating: "]", count: 63)) == nil)
        #expect(isTooDeep("a = " + String(repeating: "[", count: 64) + "1" + String(repeating: "]", count: 64)))
        #expect(isTooDeep("\(dotted(65)) = 1"))
        #expect(isTooDeep("[\(dotted(64))]\na = 1"))
        #expect(isTooDeep("a = " + String(repeating: "[", count: 1_000_000)))
        #expect(isTooDeep("a = " + String(repeating: "{a=", count: 1_000_000)))
        #expect(isTooDeep("\(dotted(1_000_000)) = 1"))
        #expect(
            ConfigurationFixture.faults(of: "\(dotted(65)) = 1") == [
                "almanac.toml:1: nested too deep; expected at most 64 levels"
            ]
        )
    }
}
