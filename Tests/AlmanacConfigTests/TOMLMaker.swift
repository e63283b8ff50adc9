import AlmanacTesting

/// Writes a random TOML text, and notes as it writes where each key and value comes to stand.
struct TOMLMaker {
    private(set) var text = ""
    /// As `TOMLScannerTests` writes them.
    private(set) var places: [String] = []

    private var random: SeededGenerator
    private var line = 1
    private var column = 1
    private var keysMade = 0

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    mutating func makeDocument() {
        for _ in 0..<number(0...4) { makeLine(in: "") }
        for _ in 0..<number(0...5) {
            makeFiller()
            if oneIn(3) { makeArrayOfTables() } else { makeTable() }
        }
        if oneIn(2) { write("# the end") }
    }

    // MARK: Lines

    private mutating func makeTable() {
        let place = here
        let key = makeKeyAndText()
        write("[\(blanks)\(key.text)\(blanks)]")
        note(key.name, place, place)
        endLine()
        for _ in 0..<number(0...4) { makeLine(in: key.name) }
    }

    private mutating func makeArrayOfTables() {
        let key = makeKeyAndText()
        for index in 0..<number(1...3) {
            let place = here
            write("[[\(blanks)\(key.text)\(blanks)]]")
            if index == 0 { note(key.name, place, place) }
            note("\(key.name)[\(index)]", place, place)
            endLine()
            for _ in 0..<number(0...3) { makeLine(in: "\(key.name)[\(index)]") }
        }
    }

    private mutating func makeLine(in table: String) {
        makeFiller()
        write(blanks)
        makeKeyValue(in: table, depth: 0)
        endLine()
    }

    private mutating func endLine() {
        write(blanks)
        if oneIn(3) { write("# \"x\" = [ { ''' \\ é") }
        write(oneIn(3) ? "\r\n" : "\n")
    }

    private mutating func makeFiller() {
        for _ in 0..<number(0...1) { endLine() }
    }

    // MARK: Keys and values

    private mutating func makeKeyValue(in table: String, depth: Int) {
        var path = table
        for _ in 0..<(oneIn(4) ? 1 : 0) {
            let place = here
            let key = makeKeyAndText()
            path = join(path, key.name)
            note(path, place, place)
            write("\(key.text)\(blanks).\(blanks)")
        }
        let place = here
        let key = makeKeyAndText()
        write("\(key.text)\(blanks)=\(blanks)")
        path = join(path, key.name)
        note(path, place, here)
        makeValue(of: path, depth: depth)
    }

    private mutating func makeValue(of path: String, depth: Int) {
        switch number(0...(depth < 3 ? 11 : 8)) {
        case 0: write("\"plain é # [x] = '\"")
        case 1: write(#""\"esc\\ \u00e9\t""#)
        case 2: write(#"'lit " \ # ]'"#)
        case 3: write("\"\"\"\na = 1\r\n\"\"b\"\" \\\"\"\" \\\n  [c]\"\"\"\"")
        case 4: write("'''\n'' \\ d = 2\n'''''")
        case 5: write(["0", "-17", "1_000", "0xFF", "+1.5e3", "inf", "nan"].randomElement(using: &random)!)
        case 6: write(oneIn(2) ? "true" : "false")
        case 7: write("1979-05-27 07:32:00")
        case 8: write(oneIn(2) ? "1979-05-27" : "07:32:00")
        case 9, 10:
            write("[")
            let count = number(0...3)
            for index in 0..<count {
                makeSpace()
                note("\(path)[\(index)]", here, here)
                makeValue(of: "\(path)[\(index)]", depth: depth + 1)
                makeSpace()
                if index + 1 < count || oneIn(2) { write(",") }
            }
            makeSpace()
            write("]")
        default:
            write("{\(blanks)")
            for index in 0..<number(0...3) {
                if index > 0 { write("\(blanks),\(blanks)") }
                makeKeyValue(in: path, depth: depth + 1)
            }
            write("\(blanks)}")
        }
    }

    /// Blanks, line ends and comments, as they may stand in an array.
    private mutating func makeSpace() {
        write(blanks)
        if oneIn(3) { endLine() }
        write(blanks)
    }

    /// A key that the document has not had.
    private mutating func makeKeyAndText() -> (name: String, text: String) {
        keysMade += 1
        let number = keysMade
        return switch self.number(0...5) {
        case 0: ("key é \(number)", "\"key é \(number)\"")
        case 1: ("a\"\u{1F600}\(number)", "\"\\u0061\\\"\\U0001F600\(number)\"")
        case 2: ("x=\\#\(number)", "'x=\\#\(number)'")
        default: ("k-\(number)_", "k-\(number)_")
        }
    }

    private func join(_ path: String, _ name: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }

    // MARK: Writing

    private var here: String { "\(line):\(column)" }

    private mutating func note(_ path: String, _ key: String, _ value: String) {
        places.append("\(path) \(key) \(value)")
    }

    private mutating func write(_ piece: String) {
        text += piece
        for scalar in piece.unicodeScalars {
            (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
        }
    }

    private var blanks: String {
        mutating get { ["", "", " ", "\t", "  "].randomElement(using: &random)! }
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &random)
    }

    private mutating func oneIn(_ count: Int) -> Bool {
        number(1...count) == 1
    }
}
