import AlmanacConfig
import AlmanacModel
import Testing

@Suite("A task's parameters are defined one by one, each with what may be given for it")
struct ParameterTests {
    private static func faults(_ params: String, _ lines: String = "") -> [String] {
        ConfigurationFixture.faults(of: "[tasks.a]\nrun = 'x'\n\(lines)\nparams = [\n\(params)\n]")
    }

    @Test("Every key of a parameter is read")
    func reads() throws {
        let text = """
            [tasks.a]
            run = "x"
            params = [
              { env = "REGION", default = "eu", choices = ["eu", "us"], description = "Where", required = true },
              { arg = "file", desc = "What", allow_custom = true, choices = ["a", 1, 1.5, true], default = "b" },
              { option = "--count", type = "int", default = 3 },
              { option = "-r", type = "float", default = 1.25 },
              { flag = "--dry-run", default = true },
              { flag = "-v", type = "bool" },
              { env = "ON", type = "bool", default = "false" },
              { env = "EMPTY", default = "" },
              { env = "NUMBER", default = 5 },
            ]
            """
        let parameters = try ConfigurationFixture.read(text).tasks[0].parameters
        #expect(
            parameters == [
                ParameterDefinition(
                    kind: .env,
                    key: "REGION",
                    defaultValue: "eu",
                    choices: ["eu", "us"],
                    summary: "Where",
                    isRequired: true
                ),
                ParameterDefinition(
                    kind: .arg,
                    key: "file",
                    defaultValue: "b",
                    choices: ["a", "1", "1.5", "true"],
                    allowsCustom: true,
                    summary: "What"
                ),
                ParameterDefinition(kind: .option, key: "--count", type: .int, defaultValue: "3"),
                ParameterDefinition(kind: .option, key: "-r", type: .float, defaultValue: "1.25"),
                ParameterDefinition(kind: .flag, key: "--dry-run", type: .bool, defaultValue: "true"),
                ParameterDefinition(kind: .flag, key: "-v", type: .bool),
                ParameterDefinition(kind: .env, key: "ON", type: .bool, defaultValue: "false"),
                ParameterDefinition(kind: .env, key: "EMPTY", defaultValue: ""),
                ParameterDefinition(kind: .env, key: "NUMBER", defaultValue: "5"),
            ]
        )
    }

    @Test("The tables may have headers of their own")
    func headers() throws {
        let text = "[tasks.a]\nrun = 'x'\n[[tasks.a.params]]\nenv = 'A'\n[[tasks.a.params]]\narg = 'b'"
        #expect(try ConfigurationFixture.read(text).tasks[0].parameters.map(\.key) == ["A", "b"])
    }

    @Test(
        "A parameter at fault",
        arguments: [
            ("{ type = 'int' }", "[tasks.a.params]: expected just one of env, arg, option or flag, found none"),
            ("{ env = 'A', arg = 'b' }", "[tasks.a.params]: expected just one of env, arg, option or flag, found 2"),
            (
                "{ env = 'A B' }",
                #"[tasks.a.params] env: expected a variable's name such as "REGION", found the string "A B""#
            ),
            (
                "{ env = 1 }",
                #"[tasks.a.params] env: expected a variable's name such as "REGION", found the number 1; "#
                    + "put it in quotes"
            ),
            (
                "{ arg = '' }",
                #"[tasks.a.params] arg: expected an argument's name such as "file", found an empty string"#
            ),
            (
                "{ arg = '-a' }",
                #"[tasks.a.params] arg: expected an argument's name such as "file", found the string "-a""#
            ),
            (
                "{ option = 'region' }",
                #"[tasks.a.params] option: expected an option such as "--region", found the string "region""#
            ),
            (
                "{ option = '--a=b' }",
                #"[tasks.a.params] option: expected an option such as "--region", found the string "--a=b""#
            ),
            ("{ flag = 'v' }", #"[tasks.a.params] flag: expected an option such as "--region", found the string "v""#),
            ("{ flag = '-v', type = 'string' }", "[tasks.a.params] type: a flag is a bool"),
            (
                "{ flag = '-v', choices = ['true'] }",
                "[tasks.a.params] choices: a flag is true or false; remove the key"
            ),
            ("{ flag = '-v', default = 'yes' }", "[tasks.a.params] default: expected true or false"),
            (
                "{ env = 'A', type = 'integer' }",
                #"[tasks.a.params] type: expected "string", "int", "float" or "bool", found the string "integer""#
            ),
            (
                "{ env = 'A', type = 'int', default = 1.5 }",
                "[tasks.a.params] default: expected a whole number such as 42"
            ),
            (
                "{ env = 'A', type = 'int', default = '' }",
                "[tasks.a.params] default: expected a whole number such as 42"
            ),
            (
                "{ env = 'A', type = 'float', default = 'nan' }",
                "[tasks.a.params] default: expected a number such as 1.5"
            ),
            (
                "{ env = 'A', default = nan }",
                "[tasks.a.params] default: expected a string, a number or a boolean, found the number nan"
            ),
            (
                "{ env = 'A', default = ['b'] }",
                "[tasks.a.params] default: expected a string, a number or a boolean, found an array"
            ),
            (
                "{ env = 'A', choices = ['b', 'c'], default = 'd' }",
                "[tasks.a.params] default: expected one of its choices: b, c"
            ),
            (
                "{ env = 'A', choices = 'b' }",
                #"[tasks.a.params] choices: expected an array of values such as ["eu", "us"], found the string "b""#
            ),
            (
                "{ env = 'A', type = 'int', choices = [1, 'two'] }",
                "[tasks.a.params] choices: expected a whole number such as 42"
            ),
            (
                "{ env = 'A', choices = [[]] }",
                "[tasks.a.params] choices: expected a string, a number or a boolean, found an array"
            ),
            ("{ env = 'A', required = 1 }", "[tasks.a.params] required: expected true or false, found the number 1"),
            (
                "{ env = 'A', defualt = 1 }",
                #"[tasks.a.params] defualt: unknown key "defualt"; did you mean "default"?"#
            ),
            ("'A'", #"[tasks.a] params: expected a table such as { env = "REGION" }, found the string "A""#),
        ]
    )
    func faultyParameters(params: String, fault: String) {
        #expect(Self.faults(params) == ["almanac.toml:5: " + fault])
    }

    @Test("Two parameters of one key, though of two kinds")
    func duplicates() {
        #expect(
            Self.faults("{ env = 'A' },\n{ arg = 'b' },\n{ arg = 'A' }") == [
                #"almanac.toml:7: [tasks.a.params] arg: "A" is defined a second time"#
            ]
        )
    }

    @Test("params that is no array")
    func noArray() {
        #expect(
            ConfigurationFixture.faults(of: "[tasks.a]\nrun = 'x'\nparams = { env = 'A' }") == [
                #"almanac.toml:3: [tasks.a] params: expected an array of tables such as [{ env = "REGION" }], "#
                    + "found a table"
            ]
        )
    }

    @Test(
        "What has to be given by hand cannot run by itself",
        arguments: ["cron = '@daily'", "cron = '@reboot'", "run_on_start = true"]
    )
    func required(line: String) {
        #expect(
            Self.faults("{ env = 'A', required = true }", line) == [
                #"almanac.toml:5: [tasks.a.params] required: "A" is required and has no default, so the task cannot "#
                    + "run by itself; add a default, or remove cron and run_on_start"
            ]
        )
        #expect(Self.faults("{ env = 'A', required = true, default = '' }", line) == [])
        #expect(Self.faults("{ env = 'A', required = true }") == [])
        #expect(Self.faults("{ env = 'A', required = true }", "run_on_start = false") == [])
    }
}
