import AlmanacCalendar
import AlmanacConfig
import AlmanacModel
import AlmanacTesting
import Testing

@Suite("Strings take values from the environment and from files, when the configuration is read")
struct SubstitutionTests {
    private let folder = TemporaryFolder()

    private func host(_ environment: [String: String] = [:]) -> ConfigurationHost {
        ConfigurationFixture.host(environment.merging(["HOME": folder.file("home")]) { $1 }, folder: folder.path)
    }

    private func summary(_ text: String, _ environment: [String: String] = [:]) throws -> String? {
        let text = "tasks.a = { run = 'x', description = '\(text)' }"
        return try ConfigurationFixture.read(text, on: host(environment)).tasks[0].summary
    }

    private func faults(_ text: String, _ environment: [String: String] = [:]) -> [String] {
        ConfigurationFixture.faults(of: "[tasks.a]\nrun = 'x'\n" + text, on: host(environment))
    }

    @Test(
        "Variables",
        arguments: [
            ("${A}", "1"), ("a${A}b${_b2}c", "a1bb${A}c"), ("${EMPTY}", ""), ("x${EMPTY}", "x"), ("${A:-d}", "1"),
            ("${EMPTY:-d}", "d"), ("${NONE:-d}", "d"), ("${NONE:-}", ""), ("${NONE:-a:-b}", "a:-b"),
            ("$${A}", "${A}"), ("$$${A}", "$${A}"), ("$$$${A}", "$$${A}"), ("cost: $5", "cost: $5"), ("$", "$"),
            ("$$", "$$"), ("a$", "a$"), ("$A {A} $(A)", "$A {A} $(A)"), ("é${A}", "é1"),
        ]
    )
    func variables(text: String, value: String) throws {
        #expect(try summary(text, ["A": "1", "_b2": "b${A}", "EMPTY": ""]) == value)
    }

    @Test("The shell's text, names and keys stay as they are")
    func verbatim() throws {
        let text = """
            [tasks.a]
            run = "echo ${A} $${B} ${file:x}"
            env."${A}" = "x"
            """
        #expect(
            ConfigurationFixture.faults(of: text, on: host(["A": "1"])) == [
                #"almanac.toml:3: [tasks.a.env] "${A}": not a variable's name; expected letters, digits and "_", "#
                    + "the first of them no digit"
            ]
        )
        let task = try ConfigurationFixture.read("[tasks.a]\nrun = 'echo ${A} $${B} ${file:x}'", on: host()).tasks[0]
        #expect(task.command == "echo ${A} $${B} ${file:x}")
    }

    @Test("Every other string takes them: in tables, arrays and inline tables too")
    func everywhere() throws {
        folder.write("20:00\n", to: "x")
        let text = """
            [scheduler]
            timezone = "${ZONE}"
            grace = "${N}s"
            [tasks.a]
            run = "x"
            cron = "${N} 2 * * *"
            on_overlap = "${POLICY}"
            env = { T = "${file:x}", "U" = "${N}" }
            secrets.P = "${N}"
            exit_codes = [1]
            params = [{ arg = "n", type = "${TYPE}", choices = ["${N}", "8"], default = "${N}" }]
            """
        let environment = ["ZONE": "Asia/Tokyo", "N": "7", "POLICY": "skip", "TYPE": "int"]
        let configuration = try ConfigurationFixture.read(text, on: host(environment))
        #expect(configuration.defaultZone.id.name == "Asia/Tokyo")
        #expect(configuration.scheduler.grace == .seconds(7))
        let task = configuration.tasks[0]
        #expect(task.schedule?.text == "7 2 * * *")
        #expect(task.onOverlap == .skip)
        #expect(task.settings.environment == ["T": "20:00", "U": "7"])
        #expect(task.settings.secrets == ["P": "7"])
        #expect(
            task.parameters == [
                ParameterDefinition(kind: .arg, key: "n", type: .int, defaultValue: "7", choices: ["7", "8"])
            ]
        )
    }

    @Test("Files: relative to the configuration's folder, absolute or at home; without the blanks around their text")
    func files() throws {
        folder.write("\n \ttwo\nlines\u{A0}\r\n", to: "x")
        #expect(try summary("<${file:x}>") == "<two\nlines>")
        #expect(try summary("<${file:\(folder.path)/x}>") == "<two\nlines>")
        #expect(try summary("${file:./x}${file:x}") == "two\nlinestwo\nlines")
        folder.write("", to: "home")
        #expect(faults("description = '${file:~/x}'").count == 1)
        folder.write("", to: "empty")
        #expect(try summary("${file:empty}") == "")
    }

    @Test("A home's files")
    func home() throws {
        folder.write("token", to: "token")
        let host = ConfigurationFixture.host(["HOME": folder.path], folder: "/")
        let text = "tasks.a = { run = 'x', description = '${file:~/token}' }"
        #expect(try ConfigurationFixture.read(text, on: host).tasks[0].summary == "token")
    }

    @Test("A file's references to other files are followed, its variables are its own business")
    func chains() throws {
        folder.write("a${file:second} ${A} $${file:second} ${file:third}${file:third}${file", to: "first")
        folder.write("b\n", to: "second")
        folder.write("c${file:\(folder.path)/second}", to: "third")
        #expect(try summary("${file:first}", ["A": "1"]) == "ab ${A} $b cbcb${file")
    }

    @Test(
        "A placeholder at fault is named at its place",
        arguments: [
            (
                "description = 'x ${NONE}'", 18,
                "description: the environment variable NONE is not set; set it for the daemon, or write ${NONE:-DEFAULT}"
            ),
            (
                "cron = \"\\u0030 ${NONE}\"", 8,
                "cron: the environment variable NONE is not set; set it for the daemon, or write ${NONE:-DEFAULT}"
            ),
            (
                "description = 'é ${NONE'", 18,
                #"description: "${" has no "}" behind it; write "$${" for these two characters themselves"#
            ),
            (
                "description = '${a b}'", 16,
                #"description: "${a b}" is no placeholder; expected ${NAME}, ${NAME:-DEFAULT} or ${file:PATH}, "#
                    + #"and "$${" for these two characters themselves"#
            ),
            (
                "description = '${}'", 16,
                #"description: "${}" is no placeholder; expected ${NAME}, ${NAME:-DEFAULT} or ${file:PATH}, "#
                    + #"and "$${" for these two characters themselves"#
            ),
            (
                "description = '${file:}'", 16,
                #"description: "${file:}": expected a path, found an empty one"#
            ),
            (
                "description = '${file:~bob/x}'", 16,
                #"description: "${file:~bob/x}": of the paths with "~" only "~" itself and those that begin with "~/" "#
                    + "are known"
            ),
            (
                "description = '${file:none}'", 16,
                #"description: "${file:none}": cannot read the file: No such file or directory"#
            ),
            ("description = '${file:.}'", 16, #"description: "${file:.}": expected a file, found a directory"#),
            (
                "description = '${file:/dev/zero}'", 16,
                #"description: "${file:/dev/zero}": expected a regular file, found a device, a pipe or a socket"#
            ),
            ("description = '${file:nul}'", 16, #"description: "${file:nul}": the file holds a NUL character"#),
            (
                "description = '${file:large}'", 16,
                #"description: "${file:large}": expected a file of at most 64 KiB, found a larger one"#
            ),
            (
                "description = '${file:self}'", 16,
                #"description: "${file:self}": a cycle: the file leads back to itself by the ${file:...} that it holds"#
            ),
            (
                "description = '${file:ring1}'", 16,
                #"description: "${file:ring1}": a cycle: the file leads back to itself by the ${file:...} that it holds"#
            ),
            (
                "description = '${file:outer}'", 16,
                #"description: "${file:outer}": a file that it refers to: cannot read the file: No such file or directory"#
            ),
            ("description = '${file:wide}'", 16, #"description: "${file:wide}": it refers to more than 64 files"#),
            ("description = '${file:grown}'", 16, #"description: "${file:grown}": it comes to more than 64 KiB"#),
            ("description = '${LONG}${LONG}'", 23, "description: the value comes to more than 64 KiB"),
            ("env = { A = '${LONG}' }", 13, "env.A: the value is 40000 bytes long; expected at most 32768"),
        ] as [(String, Int, String)]
    )
    func faultyPlaceholders(line: String, column: Int, message: String) throws {
        folder.write("a\0b", to: "nul")
        folder.write(String(repeating: "x", count: 65_537), to: "large")
        folder.write("${file:./self}", to: "self")
        folder.write("${file:ring2}", to: "ring1")
        folder.write("x ${file:ring1}", to: "ring2")
        folder.write("${file:secret-name}", to: "outer")
        folder.write(String(repeating: "${file:empty}", count: 64), to: "wide")
        folder.write("", to: "empty")
        folder.write(String(repeating: "${file:half}", count: 3), to: "grown")
        folder.write(String(repeating: "x", count: 30_000), to: "half")

        let text = "[tasks.a]\nrun = 'x'\n" + line
        let host = host(["LONG": String(repeating: "x", count: 40_000)])
        let reader = ConfigurationFixture.reader(of: host)
        let faults = try #require(throws: ConfigurationFaults.self) {
            try reader.read(text: text, path: "almanac.toml")
        }
        .faults
        let isNested = message.hasPrefix("env.A")
        let place = isNested ? "[tasks.a.env] " + message.dropFirst(4) : "[tasks.a] " + message
        #expect(faults.map(\.description) == ["almanac.toml:3: " + place])
        #expect(faults.map(\.column) == [column])
    }

    @Test(
        "No message shows what came from elsewhere",
        arguments: [
            ("timeout = '${X}'", #"timeout: expected a duration such as "90s" or "1h30m", found the value of "${X}""#),
            ("timeout = '0${S}'", #"timeout: expected a duration above zero, found the value of "0${S}""#),
            (
                "cron = '${X} * * * *'",
                #"cron: expected a cron expression such as "30 2 * * *", found the value of "#
                    + #""${X} * * * *""#
            ),
            (
                "timezone = '${X}'",
                #"timezone: expected a zone's name such as "Europe/Berlin", found the value of "${X}""#
            ),
            ("on_overlap = '${X}'", #"on_overlap: expected "queue", "skip" or "terminate", found the value of "${X}""#),
            (
                "max_concurrent = '${N}'",
                "max_concurrent: expected a whole number from 1 to 1024, found the value of "
                    + #""${N}""#
            ),
            (
                "log_max_size = '${X}'",
                #"log_max_size: expected a size such as "100MB" or "1.5GiB", found the value of "#
                    + #""${X}""#
            ),
            (
                "shell = '${X}'",
                #"shell: expected the absolute path of a shell such as "/bin/bash", found the value of "#
                    + #""${X}""#
            ),
            ("umask = '${X}'", #"umask: expected three octal digits such as "027", found the value of "${X}""#),
        ]
    )
    func concealed(line: String, message: String) {
        #expect(
            faults(line, ["X": "hunter2", "S": "s", "N": "5"]) == ["almanac.toml:3: [tasks.a] " + message]
        )
    }
}
