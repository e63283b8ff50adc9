import AlmanacCalendar
import Testing

@testable import AlmanacCommands

@Suite("A wrong expression is shown with carets under what is wrong")
struct ExpressionFaultTests {
    private func fault(_ expression: String) throws -> NextFault {
        try #require(throws: NextFault.self) {
            _ = try NextQuery(expression: expression).resolved(now: .minimum, zones: ZoneFixtures.zones)
        }
    }

    @Test(
        "the carets stand under the offending item",
        arguments: [
            ("61 * * * *", "^^"),
            ("0 0 1 1 8", "        ^"),
            ("0 9-17,24 * * *", "       ^^"),
            ("0 0 * JAM *", "      ^^^"),
            ("0,,1 * * * *", "  ^"),
            ("* * *", "^^^^^"),
            ("\t61\t* * * *", " ^^"),
            ("1 日 * * *", "  ^^"),
            ("1 2 3日,x * *", "    ^^^"),
        ]
    )
    func carets(expression: String, expected: String) throws {
        let lines = try fault(expression).explained(expression: expression).split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        #expect(lines[1] == "")
        #expect(lines[2] == "    " + expression.printable)
        #expect(lines[3] == "    " + expected)
    }

    @Test("the message names the field, and help on the field follows")
    func message() throws {
        #expect(
            try fault("61 * * * *").explained(expression: "61 * * * *") == """
                minute: 61 is not a minute; expected 0 to 59

                    61 * * * *
                    ^^

                minute takes 0-59: 0, 0,30, 0-29, */5 or *
                """
        )
    }

    @Test("an expression that never fires needs no lesson on fields")
    func neverFires() throws {
        let text = try fault("0 0 30 2 *").explained(expression: "0 0 30 2 *")
        #expect(text.hasPrefix("the expression never fires"))
        #expect(text.hasSuffix("    ^^^^^^^^^^"))
    }

    @Test("an empty expression has nothing to point at")
    func empty() throws {
        let text = try fault("").explained(expression: "")
        #expect(!text.contains("^"))
        #expect(text.contains("Fields: minute hour"))
    }

    @Test(
        "settings are named as the command line names them",
        arguments: [("zone", "timezone"), ("dst_gap", "dst-gap")]
    )
    func settings(field: String, option: String) {
        #expect(NextFault(field, "is wrong").explained(expression: "* * * * *") == "--\(option): is wrong")
    }

    @Test("an expression in several words gets the advice to quote it")
    func words() throws {
        let words = ["0", "2", "README.md", "Sources", "*", "*"]
        let failure = try fault(words.joined(separator: " ")).failure(words: words)
        #expect(failure.status == 2)
        #expect(failure.message.contains("put it in quotes"))
    }
}
