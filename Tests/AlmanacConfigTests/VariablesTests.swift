import AlmanacConfig
import AlmanacModel
import AlmanacTesting
import Testing

@testable import struct AlmanacConfig.DotenvFile

@Suite("Variables and secrets come from tables and files, and secrets are shown nowhere")
struct VariablesTests {
    private let folder = TemporaryFolder()

    private func settings(_ text: String) throws -> CommandSettings {
        let host = ConfigurationFixture.host(["HOME": folder.path], folder: folder.path)
        return try ConfigurationFixture.read(text, on: host).tasks[0].settings
    }

    private func faults(_ text: String) -> [String] {
        ConfigurationFixture.faults(of: text, on: ConfigurationFixture.host(folder: folder.path))
    }

    // MARK: Files

    @Test(
        "The lines of a dotenv file",
        arguments: [
            ("A=1", ["A": "1"]), ("A=1\nB=2\n", ["A": "1", "B": "2"]), ("A=1\r\nB=2\r\n", ["A": "1", "B": "2"]),
            ("\u{FEFF}A=1", ["A": "1"]), ("", [:]), ("# A=1\n\n  \n\t# B", [:]), ("  A = 1  ", ["A": "1"]),
            ("A=", ["A": ""]), ("A=1\nA=2", ["A": "2"]), ("export A=1", ["A": "1"]), ("export\tA=1", ["A": "1"]),
            ("export=1", ["export": "1"]), ("exporter=1", ["exporter": "1"]), ("A='a b'", ["A": "a b"]),
            (#"A="a 'b' \n""#, ["A": #"a 'b' \n"#]), ("A='a' # why", ["A": "a"]), ("A='' ", ["A": ""]),
            ("A=a # why", ["A": "a"]), ("A=a#b", ["A": "a#b"]), ("A=#b", ["A": ""]), ("A= # b", ["A": ""]),
            ("A='#'", ["A": "#"]), ("A=b=c", ["A": "b=c"]),
            ("A=$B ${C} $(d) ${file:x}", ["A": "$B ${C} $(d) ${file:x}"]),
            ("A=it's", ["A": "it's"]), ("_a1=ü", ["_a1": "ü"]),
        ] as [(String, [String: String])]
    )
    func dotenv(text: String, variables: [String: String]) {
        let file = DotenvFile(Array(text.utf8))
        #expect(file.variables == variables)
        #expect(file.faults.isEmpty)
    }

    @Test(
        "A line at fault is named, and not shown",
        arguments: [
            ("hunter2", #"line 2 of "x.env": expected NAME=VALUE, found no "=""#),
            (
                "hunt er2=1",
                #"line 2 of "x.env": the name before "=" is not that of a variable; expected letters, digits and "#
                    + #""_", the first of them no digit"#
            ),
            (
                "1hunter2=x",
                #"line 2 of "x.env": the name before "=" is not that of a variable; expected letters, digits and "#
                    + #""_", the first of them no digit"#
            ),
            (
                "=hunter2",
                #"line 2 of "x.env": the name before "=" is not that of a variable; expected letters, digits and "#
                    + #""_", the first of them no digit"#
            ),
            ("A=hun\0ter2", #"line 2 of "x.env": it holds a NUL character"#),
            ("A='hunter2", #"line 2 of "x.env": the quotes that the value begins with do not end on its line"#),
            (#"A="hunter2"x"#, #"line 2 of "x.env": there is text behind the quotes that end the value"#),
            (
                "A=" + String(repeating: "x", count: 32_769),
                #"line 2 of "x.env": the value is 32769 bytes long; expected at most 32768"#
            ),
        ]
    )
    func faultyLines(line: String, message: String) {
        folder.write("OK=1\n\(line)\nALSO=1", to: "x.env")
        for key in ["env_file", "secrets_file"] {
            let text = "[tasks.a]\nrun = 'x'\n\(key) = 'x.env'"
            #expect(faults(text) == ["almanac.toml:3: [tasks.a] \(key): " + message])
            #expect(!faults(text).joined().contains("hunter2"))
        }
    }

    @Test("Every line at fault is named, up to twenty; text that is not UTF-8 is one")
    func allLines() {
        folder.write("a\nB=1\nc", to: "x.env")
        #expect(
            faults("[tasks.a]\nrun = 'x'\nenv_file = 'x.env'") == [
                #"almanac.toml:3: [tasks.a] env_file: line 1 of "x.env": expected NAME=VALUE, found no "=""#,
                #"almanac.toml:3: [tasks.a] env_file: line 3 of "x.env": expected NAME=VALUE, found no "=""#,
            ]
        )
        #expect(DotenvFile(Array(String(repeating: "x\n", count: 50).utf8)).faults.count == 20)
        let latin = DotenvFile(Array("A=1\nB=".utf8) + [0xE9])
        #expect(latin.variables == ["A": "1"])
        #expect(latin.faults.map(\.line) == [2])
        #expect(latin.faults.map(\.message) == ["the value is not UTF-8"])
    }

    @Test("A file that is not there, or is none")
    func files() {
        folder.write(String(repeating: "#", count: (1 << 20) + 1), to: "large.env")
        let text = """
            [defaults]
            env_file = "none.env"
            [tasks.a]
            run = "x"
            env_file = "."
            secrets_file = "large.env"
            """
        #expect(
            faults(text) == [
                #"almanac.toml:2: [defaults] env_file: "none.env": cannot read the file: No such file or directory"#,
                #"almanac.toml:5: [tasks.a] env_file: ".": expected a file, found a directory"#,
                #"almanac.toml:6: [tasks.a] secrets_file: "large.env": expected a file of at most 1 MiB, "#
                    + "found a larger one",
            ]
        )
    }

    // MARK: Merging

    @Test("A table counts more than its file, and a task more than the defaults")
    func layers() throws {
        folder.write("A=df\nB=df\nC=df\nD=df", to: "defaults.env")
        folder.write("C=tf\nD=tf", to: "task.env")
        for (table, file) in [("env", "env_file"), ("secrets", "secrets_file")] {
            let settings = try settings(
                """
                [defaults]
                \(file) = "defaults.env"
                \(table) = { B = "dt", C = "dt", D = "dt" }
                [tasks.a]
                run = "x"
                \(file) = "~/task.env"
                \(table).D = "tt"
                """
            )
            let values = ["A": "df", "B": "dt", "C": "tf", "D": "tt"]
            // The two are kept apart: what a file gives is not shown.
            #expect(settings.environment == (table == "env" ? ["B": "dt", "D": "tt"] : [:]))
            #expect(settings.fileEnvironment == (table == "env" ? ["A": "df", "C": "tf"] : [:]))
            #expect(settings.secrets == (table == "env" ? [:] : values))
            #expect(settings.environmentFile == (table == "env" ? "~/task.env" : nil))
            #expect(settings.secretsFile == (table == "env" ? nil : "~/task.env"))
        }
    }

    @Test("The path of an inherited file is the task's too")
    func inheritedPath() throws {
        folder.write("A=1", to: "x.env")
        let settings = try settings("[defaults]\nenv_file = 'x.env'\nsecrets_file = './x.env'\n[tasks.a]\nrun = 'x'")
        #expect(settings.environmentFile == "x.env")
        #expect(settings.secretsFile == "./x.env")
        #expect(settings.fileEnvironment == ["A": "1"])
        #expect(settings.environment.isEmpty)
        #expect(settings.secrets == ["A": "1"])
    }

    @Test("256 variables and secrets together, and no more")
    func count() throws {
        func table(_ name: String, _ count: Int) -> String {
            "\(name) = { " + (0..<count).map { "\(name)_\($0) = ''" }.joined(separator: ", ") + " }\n"
        }
        let defaults = "[defaults]\n" + table("env", 200)
        #expect(try settings(defaults + "[tasks.a]\nrun = 'x'\n" + table("secrets", 56)).secrets.count == 56)
        #expect(
            faults(defaults + "[tasks.a]\nrun = 'x'\n" + table("secrets", 57) + "[tasks.b]\nrun = 'x'") == [
                "almanac.toml:3: [tasks.a]: its variables and secrets, with those of [defaults], are 257; "
                    + "expected at most 256"
            ]
        )
    }

    @Test(
        "Tables of variables at fault",
        arguments: [
            ("env = 'A=1'", #"3: [tasks.a] env: expected a table, written as [tasks.a.env], found the string "A=1""#),
            ("env = [ 'A=1' ]", "3: [tasks.a] env: expected a table, written as [tasks.a.env], found an array"),
            ("env.A = 1", "3: [tasks.a.env] A: expected a string, found the number 1; put it in quotes"),
            ("env.A = true", "3: [tasks.a.env] A: expected a string, found true; put it in quotes"),
            ("env.A.B = ''", "3: [tasks.a.env] A: expected a string, found a table"),
            (
                "env.\"A B\" = ''",
                #"3: [tasks.a.env] "A B": not a variable's name; expected letters, digits and "_", "#
                    + "the first of them no digit"
            ),
            (
                "env.\"\" = ''",
                #"3: [tasks.a.env] "": not a variable's name; expected letters, digits and "_", "#
                    + "the first of them no digit"
            ),
            (
                "env.1A = ''",
                #"3: [tasks.a.env] 1A: not a variable's name; expected letters, digits and "_", "#
                    + "the first of them no digit"
            ),
            ("env_file = 1", "3: [tasks.a] env_file: expected a path, found the number 1; put it in quotes"),
            ("env_file = ''", "3: [tasks.a] env_file: expected a path, found an empty string"),
            ("env_base = 'none'", #"3: [tasks.a] env_base: expected "inherit" or "clean", found the string "none""#),
        ]
    )
    func faultyTables(line: String, fault: String) {
        #expect(faults("[tasks.a]\nrun = 'x'\n" + line) == ["almanac.toml:" + fault])
    }

    // MARK: Secrets

    @Test(
        "No message shows a secret",
        arguments: [
            (
                "secrets = 'hunter2'",
                "3: [tasks.a] secrets: expected a table, written as [tasks.a.secrets], found a string"
            ),
            ("secrets.A = 1234567", "3: [tasks.a.secrets] A: expected a string, found a number"),
            ("secrets.A = true", "3: [tasks.a.secrets] A: expected a string, found a boolean"),
            ("secrets.A = ['hunter2']", "3: [tasks.a.secrets] A: expected a string, found an array"),
            ("secrets.A = { hunter2 = 1 }", "3: [tasks.a.secrets] A: expected a string, found a table"),
            (
                "secrets.A = 'hun${ter2'",
                #"3: [tasks.a.secrets] A: "${" has no "}" behind it; write "$${" for these two characters themselves"#
            ),
            (
                "secrets.A = 'hun${ter2!}'",
                #"3: [tasks.a.secrets] A: what follows "${" is no placeholder; expected ${NAME}, ${NAME:-DEFAULT} or "#
                    + #"${file:PATH}, and "$${" for these two characters themselves"#
            ),
            ("secrets.A = hunter2", "3: not valid TOML: this is not a value; text stands in quotes"),
            ("secrets = { A = hunter2 }", "3: not valid TOML: this is not a value; text stands in quotes"),
            ("secrets.A = 0777", "3: not valid TOML: this is not a value"),
            ("secrets.A = \"hunter2\\q\"", "3: not valid TOML: this is not a value"),
        ]
    )
    func secrets(line: String, fault: String) {
        let faults = faults("[tasks.a]\nrun = 'x'\n" + line)
        #expect(faults == ["almanac.toml:" + fault])
        #expect(!faults.joined().contains("hunter2"))
    }
}
