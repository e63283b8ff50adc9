import AlmanacConfig
import Testing

@Suite("A crontab is read by the rules of Debian's cron")
struct CrontabParsingTests {
    private typealias Variable = CrontabEntry.Variable

    @Test("A line of a system crontab is a time, a user and a command")
    func system() throws {
        let crontab = CrontabFixture.system(
            """
            # The nightly work
            SHELL=/bin/bash

            # Once a night,
            #  at three
            0 3\t* * *\troot  cd / && run-parts /etc/cron.daily
            @reboot www-data x
            """ + "\n"
        )
        #expect(crontab.faults.isEmpty && crontab.warnings.isEmpty)
        #expect(crontab.lineCounts == Crontab.LineCounts(entries: 2, variables: 1, comments: 3, blank: 1))
        let first = try #require(crontab.entries.first)
        #expect(first.line == 6)
        #expect(first.timeText == "0 3 * * *")
        #expect(first.user == "root")
        // One blank ends the user's name; the others belong to the command.
        #expect(first.command == " cd / && run-parts /etc/cron.daily")
        #expect(first.standardInput == nil)
        #expect(first.variables == [Variable(name: "SHELL", value: "/bin/bash")])
        #expect(first.comment == "Once a night,\nat three")
        #expect(crontab.entries[1].time == .reboot)
        #expect(crontab.entries[1].comment == nil)
    }

    @Test("A variable goes for the lines below it, and has the place of its first setting")
    func variables() {
        let entries = CrontabFixture.user("A=1\nB=2\n* * * * * x\nA = 3\n* * * * * y\n").entries
        #expect(
            entries.map(\.variables) == [
                [Variable(name: "A", value: "1"), Variable(name: "B", value: "2")],
                [Variable(name: "A", value: "3"), Variable(name: "B", value: "2")],
            ]
        )
    }

    @Test("Quotes, blanks and equals signs of variables")
    func quoting() {
        let rules: [(line: String, name: String, value: String)] = [
            ("A=b c  ", "A", "b c"), ("A = b", "A", "b"), ("  A=b", "A", "b"), ("A='b '", "A", "b"),
            ("A=\"\"", "A", ""),
            ("\"a b\"=c", "a b", "c"), ("'A' = \" b\"  ", "A", " b"), ("A=b=c", "A", "b=c"),
            ("A=b#c # d", "A", "b#c # d"),
            ("A=\"'b'\"", "A", "b"), ("A=it's", "A", "it's"), ("A=x\r", "A", "x"), ("=b", "", "b"), ("A=$B", "A", "$B"),
            ("A=5 * * * * x", "A", "5 * * * * x"), ("5 = * * * * x", "5", "* * * * x"), ("A==", "A", "="),
        ]
        for rule in rules {
            let crontab = CrontabFixture.user(rule.line + "\n@daily x\n")
            #expect(crontab.entries.first?.variables == [Variable(name: rule.name, value: rule.value)], "\(rule.line)")
        }
        for (line, fault) in [
            ("A=", "the variable \"A\" has no value; write \"\" for an empty one"),
            ("MAILTO= ", "the variable \"MAILTO\" has no value; write \"\" for an empty one"),
            ("A=\"b", "the quotes that the value of \"A\" begins with do not end; close them"),
            ("A=\"", "the quotes that the value of \"A\" begins with do not end; close them"),
            ("A='b' c", "there is text behind the quotes that end the value of \"A\"; remove it"),
            ("A b=c", "minute: \"A\" is not a minute; expected 0 to 59"),
            ("'a=b'=c", "minute: expected a number, found \"'a=b'=c\""),
        ] {
            let crontab = CrontabFixture.user(line + "\n@daily x\n")
            #expect(crontab.faults == [Crontab.Remark(line: 1, message: fault)])
            #expect(crontab.entries.map(\.line) == [2])
        }
    }

    @Test("Up to the first % stands the command, behind it what it reads")
    func percent() throws {
        let rules: [(text: String, command: String, input: String?)] = [
            ("a", "a", nil), ("a%b", "a", "b\n"), ("a%b%c%", "a", "b\nc\n"), ("a%", "a", nil), ("%b", "", "b\n"),
            ("date +\\%F", "date +%F", nil), ("a\\\\%b", "a\\", "b\n"), ("a \\n", "a \\n", nil), ("a\\", "a\\", nil),
            ("a%b\\%c", "a", "b%c\n"), ("a%\\n", "a", "\\n\n"), ("a%\\\\%b", "a", "\\%b\n"), ("a%%", "a", "\n"),
            ("a%\\", "a", "\\"), ("a% ", "a", " \n"),
        ]
        for rule in rules {
            let entry = try #require(CrontabFixture.user("* * * * * \(rule.text)\n").entries.first)
            #expect(entry.command == rule.command, "\(rule.text)")
            #expect(entry.standardInput == rule.input, "\(rule.text)")
        }
    }

    @Test("A command may be empty, and has 998 bytes at most")
    func length() {
        #expect(CrontabFixture.user("* * * * *\n@daily\n").entries.map(\.command) == ["", ""])
        #expect(CrontabFixture.system("@daily root \n").entries.map(\.command) == [""])
        let longest = String(repeating: "x", count: 998)
        #expect(CrontabFixture.user("* * * * * \(longest)\n").entries.map(\.command) == [longest])
        #expect(
            CrontabFixture.user("* * * * * \(longest)x\n").faults.map(\.message) == [
                "the command is 999 bytes long, and cron takes at most 998; move it to a script"
            ]
        )
    }

    @Test("A user's own crontab has no user column, a system crontab needs one")
    func column() {
        #expect(CrontabFixture.user("* * * * * * x\n").faults.map(\.line) == [1])
        #expect(CrontabFixture.user("* * * * * root x\n").entries.map(\.command) == ["root x"])
        #expect(
            CrontabFixture.system("* * * * *\n* * * * * root\n@daily root\t\n").faults.map(\.message) == [
                "expected a user and a command behind the time, found nothing",
                "expected a user and a command behind the time, found \"root\" alone",
            ]
        )
    }

    @Test("The last line needs its newline, unless it means nothing")
    func end() {
        let crontab = CrontabFixture.user("@daily x\n@daily y")
        #expect(crontab.entries.map(\.command) == ["x"])
        #expect(crontab.faults.map(\.line) == [2])
        #expect(crontab.lineCounts == Crontab.LineCounts(entries: 1, faulty: 1))
        for end in ["", "  ", "# y", "\n"] {
            #expect(CrontabFixture.user("@daily x\n" + end).faults.isEmpty)
        }
        #expect(CrontabFixture.user("").lineCounts == Crontab.LineCounts())
    }

    @Test("Line ends of DOS are told once, and their blank lines are faults")
    func carriageReturns() {
        let crontab = CrontabFixture.user("A=b\r\n\r\n@daily x\r\n@daily y\r\n")
        #expect(crontab.entries.map(\.command) == ["x\r", "y\r"])
        #expect(crontab.entries.first?.value(of: "A") == "b")
        #expect(crontab.faults.map(\.line) == [2])
        #expect(crontab.warnings.map(\.line) == [3])
        #expect(CrontabFixture.user("* * * * * x\r\n").entries.map(\.command) == ["x\r"])
    }

    @Test("What is run otherwise than it seems is told")
    func warnings() {
        let crontab = CrontabFixture.user(
            "0 22-2 * * * x\n0 0 30 2 * y\n0 1,22-2 * * * z\nCRON_TZ=Asia/Tokyo\n" + "A="
                + String(repeating: "x", count: 1000) + "\n"
        )
        #expect(crontab.entries.count == 3)
        #expect(crontab.warnings.map(\.line) == [1, 1, 2, 3, 4, 5])
        #expect(
            crontab.warnings[0].message
                == "hour: the range from 22 to 2 is backwards and matches nothing; if it is to go on past 23, write 22-23,0-2"
        )
        #expect(crontab.warnings[1].message == "it never fires: no day or time matches all five fields")
    }

    @Test("A variable's line counts up to its 998th byte")
    func longVariable() {
        let line = "A=" + String(repeating: "x", count: 2000)
        let value = CrontabFixture.user(line + "\n@daily y\n").entries.first?.variables.first?.value
        #expect(value?.utf8.count == 996)
    }
}
