import AlmanacTesting
import Glibc
import Testing

@testable import AlmanacCommands

@Suite("A command of a service means to /bin/sh what it means to systemd")
struct UnitCommandTests {
    private let specifiers = UnitSpecifiers(unit: UnitName("job@x.service"))

    private func commands(_ setting: String) throws -> [UnitCommand] {
        try UnitCommand.commands(of: setting, specifiers: specifiers)
    }

    @Test(
        "Words reach the program as they are",
        arguments: [
            ("/bin/x one 'two words' \"three 'words'\"", ["one", "two words", "three 'words'"]),
            (#"/bin/x a\x20b c\tt \"q\" \\ e\s"#, ["a b", "c\tt", "\"q\"", "\\", "e "]),
            ("/bin/x *.gz ? [a] ~ ~root {a,b}", ["*.gz", "?", "[a]", "~", "~root", "{a,b}"]),
            ("/bin/x & | > <  `id` $(id) # !", ["&", "|", ">", "<", "`id`", "$(id)", "#", "!"]),
            ("/bin/x 100%% %i", ["100%", "x"]),
            ("/bin/x ''", [""]),
            ("/bin/x it's here'", ["its here"]),
            (#"/bin/x 'a'\''b'"#, ["a'b"]),
            ("/bin/x $$HOME a$HOME $1 ${} ${1}", ["$HOME", "a$HOME", "$1", "${}", "${1}"]),
            ("/bin/x ${WORDS} pre${WORDS}post ${NONE}", ["two  words", "pretwo  wordspost", ""]),
            ("/bin/x $WORDS", ["two", "words"]),
            (#"/bin/x \; ;"#, [";"]),
        ] as [(String, [String])]
    )
    func words(setting: String, expected: [String]) throws {
        let folder = TemporaryFolder()
        let program = folder.write("#!/bin/sh\nfor word; do printf '<%s>\\n' \"$word\"; done\n", to: "x")
        #expect(unsafe chmod(program, 0o755) == 0)
        let command = try #require(try commands(setting.replacing("/bin/x", with: program)).first)
        let outcome = try #require(
            ChildProcess.run(["/bin/sh", "-c", command.text], environment: ["WORDS": "two  words", "HOME": "/h"])
        )
        #expect(outcome.standardOutput == expected.map { "<\($0)>\n" }.joined(), "\(command.text)")
    }

    @Test("Prefixes: a failure that counts for nothing, no variables, other rights, another name")
    func prefixes() throws {
        #expect(try commands("-/bin/false a")[0].text == "/bin/false a || true")
        #expect(try commands(":/bin/echo ${HOME} $HOME")[0].text == "/bin/echo '${HOME}' '$HOME'")
        let full = try commands("+-/bin/install x")[0]
        #expect(full.text == "/bin/install x || true" && full.doubts.count == 1)
        let renamed = try commands("@/bin/sh login -c true")[0]
        #expect(renamed.text == "/bin/sh -c true" && renamed.doubts.count == 1)
        #expect(try commands("/bin/a ${X}")[0].doubts.isEmpty)
        #expect(try commands("/bin/a $X y$Z")[0].splitVariables == ["X"])
        #expect(try commands("/bin/a %H")[0].doubts.count == 1)
    }

    @Test("Several commands in a line, and programs that the shell would take for its own words")
    func several() throws {
        #expect(try commands("/bin/a 1 ; /bin/b 2;").map(\.text) == ["/bin/a 1", "/bin/b '2;'"])
        #expect(try commands("if true")[0].text == "'if' true")
        #expect(try commands("A=1 true")[0].text == "'A=1' true")
        #expect(try commands("").isEmpty && commands(" ; ").isEmpty)
    }

    @Test("What systemd cannot read either", arguments: ["/bin/a 'open", #"/bin/a \q"#, #"/bin/a \x0"#, "/bin/a \\"])
    func malformed(setting: String) {
        #expect(throws: UnitWords.Fault.self) { try commands(setting) }
    }
}
