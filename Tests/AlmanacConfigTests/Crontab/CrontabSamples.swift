import AlmanacConfig
import AlmanacTesting

/// Pieces of crontabs, put together at random.
struct CrontabSamples {
    var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    /// A field's text without blanks: most of it legal, some of it almost.
    mutating func field() -> String {
        if pick(4) == 0 { return "*" }
        var text = item()
        while pick(3) == 0 { text += "," + item() }
        if pick(12) == 0 { text += any(["*", "-3", "/2", ",", "x", ".5", "é", "#1", "L", "?", "=", "\""]) }
        return text
    }

    private mutating func item() -> String {
        var text: String
        switch pick(8) {
        case 0...2: text = "*"
        case 3, 4: text = value()
        default: text = value() + any(["-", "-", "-", "--", "~"]) + value()
        }
        if pick(3) == 0 {
            text += "/" + any(["1", "2", "5", "15", "0", "", "07", "mon", "100", "2147483647", "4294967298"])
        }
        return text
    }

    private mutating func value() -> String {
        switch pick(14) {
        case 0: any(["jan", "Feb", "DEC", "sun", "Mon", "sAT", "sunday", "ja", "Sun7"])
        case 1: any(["60", "24", "32", "13", "8", "99", "4294967296", "99999999999999999999", "007", "00", "5m"])
        default: "\(pick(pick(2) == 0 ? 60 : 8))"
        }
    }

    /// A line that cron may take for anything.
    mutating func line() -> String {
        switch pick(10) {
        case 0: variable()
        case 1: any(["", " ", "\t ", "# a comment", "  #\tx", "#"])
        case 2:
            any([
                "@daily", "@hourly", "@reboot", "@Weekly", "@every", "@", "@midnight", "@yearlyx", "@annually",
                "@monthly",
            ])
                + any([" ", "\t ", ""]) + command()
        default: entry()
        }
    }

    private mutating func entry() -> String {
        var text = any(["", "", "", " ", "\t"])
        let count = pick(20) == 0 ? pick(5) : 5
        for index in 0..<count {
            text += (index == 0 ? "" : any([" ", " ", "  ", "\t", " \t"])) + (pick(3) == 0 ? field() : "*")
        }
        return text + any([" ", " ", "\t", ""]) + command()
    }

    mutating func command() -> String {
        let command = any([
            "true", "echo 100\\% of \\\\ it%one%two", "*x", "FOO=1 x", "x > /dev/null 2>&1", "", "%", "a%", "\\", "a\r",
            "date +%Y\\%m", "é", "a%b\\%c\\d\\\\%e", "root x", "a \\", "a%b\\",
        ])
        return pick(40) == 0 ? command + String(repeating: "y", count: 985 + pick(30)) : command
    }

    private mutating func variable() -> String {
        let name = any(["A", "MAILTO", "a b", "'a b'", "\"Q\"", "'x", "", "PATH", "1", "a=b", "\"a=b\"", "é", "*"])
        let equals = any(["=", " = ", "= ", " =", "\t=\t", " ", "=="])
        let value = any([
            "", "x", "x y", "\"x y\"", "'x'", "\"'x'\"", "'x' y", "\"x", "x\"", "\"\"", "''", "\"a \" ", "x # y", "\r",
            "x\r", " ",
            "\"\"x\"\"", "'\"'", "5 * * * * x",
        ])
        let line = name + equals + value
        // Of quotes that open at the end of a line cron makes what its buffer still holds from earlier.
        if line.hasSuffix("\"") || line.hasSuffix("'"), line.filter({ $0 == "\"" || $0 == "'" }).count % 2 == 1 {
            return "B=1"
        }
        return pick(30) == 0 ? line + String(repeating: "z", count: 980 + pick(40)) : line
    }

    mutating func pick(_ count: Int) -> Int {
        Int.random(in: 0..<count, using: &random)
    }

    private mutating func any(_ choices: [String]) -> String {
        choices[pick(choices.count)]
    }
}

/// Reads crontabs for the tests.
enum CrontabFixture {
    static func user(_ text: String) -> Crontab {
        Crontab(parsing: Array(text.utf8), path: "/tab", owner: .user("alice"))
    }

    static func system(_ text: String) -> Crontab {
        Crontab(parsing: Array(text.utf8), path: "/etc/crontab", owner: .system)
    }
}

extension Crontab.LineCounts {
    init(entries: Int = 0, variables: Int = 0, comments: Int = 0, blank: Int = 0, faulty: Int = 0) {
        self.init()
        (self.entries, self.variables, self.comments, self.blank, self.faulty) =
            (entries, variables, comments, blank, faulty)
    }

    var total: Int { entries + variables + comments + blank + faulty }
}
