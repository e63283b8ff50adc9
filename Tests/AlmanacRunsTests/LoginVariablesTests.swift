import AlmanacRunProtocol
import AlmanacRuns
import AlmanacTesting
import Glibc
import Testing

@Suite("/etc/environment is read as pam_env reads it")
struct LoginVariablesTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let text: String
        let variables: [String]
    }

    /// What libpam 1.5.2 of Debian 12 made of these; `agreement` asks the machine's own.
    static let rows = [
        Row(testDescription: "plain", text: "A=1\nB=two words  \n", variables: ["A=1", "B=two words  "]),
        Row(testDescription: "no newline at the end", text: "A=1\nB=2", variables: ["A=1", "B=2"]),
        Row(testDescription: "export", text: "export A=1\n export B=2\nexport  C=3\n", variables: ["A=1", "B=2"]),
        Row(testDescription: "export with a tab, and twice", text: "export\tA=1\nexport export B=1\n", variables: []),
        Row(testDescription: "exported by another name", text: "exportC=1\n", variables: ["exportC=1"]),
        Row(testDescription: "blanks around the sign", text: "A = 1\nB= 2\n", variables: ["B= 2"]),
        Row(
            testDescription: "quotes",
            text: "A='x y'\nB=\"x'y\"\nC=\"a\nD=a\"b\"\n",
            variables: ["A=x y", "B=x'y", "C=a", "D=a\"b\""]
        ),
        Row(
            testDescription: "quotes that do not match",
            text: "A=\"a'\nB=\"\"\"\nC=''''\n",
            variables: ["A=a", "B=\"", "C=''"]
        ),
        Row(
            testDescription: "quotes within",
            text: "A='a'b'\nB=\"\"\nC=''x\nD=\"a\"  \n",
            variables: ["A=a'b", "B=", "C='x", "D=a\"  "]
        ),
        Row(testDescription: "no quote at the end", text: "A='1' # c\n", variables: ["A=1' "]),
        Row(testDescription: "a quote alone", text: "A=\"\n", variables: ["A="]),
        Row(
            testDescription: "comments",
            text: "#A=1\n  # B=2\nC=3 # c\nD=#4\nE=\"1#2\"\n",
            variables: ["C=3 ", "D=", "E=1"]
        ),
        Row(testDescription: "a comment after a backslash", text: "A=3\\#4\n", variables: ["A=3\\"]),
        Row(
            testDescription: "nothing is escaped or expanded",
            text: "A=$B\nC=${HOME}\nD=a\\$b\nE=a\\b\n",
            variables: ["A=$B", "C=${HOME}", "D=a\\$b", "E=a\\b"]
        ),
        Row(testDescription: "names", text: "=x\n1X=2\na_b=3\nA-B=4\nÄ=5\n", variables: ["1X=2", "a_b=3"]),
        Row(testDescription: "a name alone removes", text: "A=1\nB=2\nA\nC\n", variables: ["B=2"]),
        Row(testDescription: "the later counts", text: "A=1\nA=2\n", variables: ["A=2"]),
        Row(testDescription: "an empty value", text: "A=\n", variables: ["A="]),
        Row(testDescription: "continued", text: "A=x\\\n  y\\\n\tz\nB=1\n", variables: ["A=x  y\tz", "B=1"]),
        Row(
            testDescription: "continued beyond blank lines and comments",
            text: "A=x\\\n\n# c\nz\nB=1\n",
            variables: ["A=xz", "B=1"]
        ),
        Row(testDescription: "blanks behind the backslash", text: "A=1 \\ \nB=2\n", variables: ["A=1 B=2"]),
        Row(
            testDescription: "a comment ends a continued line",
            text: "A=x\\\n  y # c \\\nB=1\n",
            variables: ["A=x  y ", "B=1"]
        ),
        Row(testDescription: "continued to the end", text: "A=1\nB=x\\", variables: ["A=1"]),
        Row(testDescription: "a backslash alone", text: "\\\nA=1\n  \\\n  B=2\n", variables: ["A=1", "B=2"]),
        Row(testDescription: "carriage returns stay", text: "A=1\r\nB=2\r\n", variables: ["A=1\r", "B=2\r"]),
        Row(
            testDescription: "the longest line",
            text: "A=\(String(repeating: "x", count: 8188))\nB=1\n",
            variables: ["A=\(String(repeating: "x", count: 8188))", "B=1"]
        ),
        Row(
            testDescription: "a longer one ends the file",
            text: "A=1\nB=\(String(repeating: "x", count: 8189))\nC=1\n",
            variables: ["A=1"]
        ),
        Row(
            testDescription: "the longest continued one",
            text: "A=\(String(repeating: "x", count: 4093))\\\n\(String(repeating: "y", count: 4095))\n",
            variables: ["A=\(String(repeating: "x", count: 4093))\(String(repeating: "y", count: 4095))"]
        ),
        Row(testDescription: "nothing", text: "", variables: []),
    ]

    @Test(arguments: rows)
    func table(_ row: Row) {
        #expect(variables(Array(row.text.utf8)) == row.variables.sorted())
    }

    @Test("Bytes that are no UTF-8 stay, and a NUL ends the file")
    func bytes() {
        var found: [String: ByteString] = [:]
        LoginVariables.apply(Array("A=".utf8) + [0xFF, 0x0A] + Array("B=a\0b\nC=1\n".utf8), to: &found)
        #expect(found == ["A": ByteString(bytes: [0xFF])])
    }

    private func variables(_ bytes: [UInt8]) -> [String] {
        var found: [String: ByteString] = [:]
        LoginVariables.apply(bytes, to: &found)
        return found.map { "\($0)=\($1)" }.sorted()
    }

    /// Prints what the module makes of the files that are named, a variable a line and an empty line behind each file.
    private static let script = """
        import ctypes, os, sys, tempfile
        pam = ctypes.CDLL("libpam.so.0")
        class Conversation(ctypes.Structure):
            _fields_ = [("conv", ctypes.c_void_p), ("appdata", ctypes.c_void_p)]
        pam.pam_getenvlist.restype = ctypes.POINTER(ctypes.c_char_p)
        for path in sys.argv[1:]:
            folder = tempfile.mkdtemp()
            with open(folder + "/t", "w") as file:
                file.write("session required pam_env.so conffile=/dev/null envfile=%s\\n" % path)
            handle, conversation = ctypes.c_void_p(), Conversation()
            if pam.pam_start_confdir(b"t", b"root", ctypes.byref(conversation), folder.encode(), ctypes.byref(handle)):
                sys.exit(77)
            if pam.pam_open_session(handle, 0): sys.exit(77)
            variables, index = pam.pam_getenvlist(handle), 0
            while variables[index] is not None:
                sys.stdout.buffer.write(variables[index] + b"\\n")
                index += 1
            sys.stdout.buffer.write(b"\\n")
            os.unlink(folder + "/t")
            os.rmdir(folder)
        """

    @Test(
        "The machine's own module says the same, of 400 random files too",
        .enabled(
            if: ChildProcess.run(["python3", "-c", script, "/dev/null"])?.exitCode == 0,
            "there is no python3 or no libpam with pam_start_confdir"
        )
    )
    func agreement() throws {
        let folder = TemporaryFolder()
        var generator = SystemRandomNumberGenerator()
        let pieces = [
            "A", "B", "=", "=", "1", "x y", " ", "\t", "\\\n", "\n", "\n", "#", "'", "\"", "\\", "export ", "_", "$",
        ]
        var texts = Self.rows.map(\.text)
        for _ in 0..<400 {
            texts.append(
                (0..<Int.random(in: 1...30, using: &generator)).map { _ in pieces.randomElement() ?? "" }.joined()
            )
        }
        let files = texts.enumerated().map { index, text in folder.write(text, to: "\(index)") }
        let outcome = try #require(ChildProcess.run(["python3", "-c", Self.script] + files))
        #expect(outcome.exitCode == 0, "\(outcome.standardError)")
        var answers: [[String]] = [[]]
        for bytes in outcome.standardOutput.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        {
            if bytes.isEmpty { answers.append([]) } else { answers[answers.count - 1].append(String(Substring(bytes))) }
        }
        try #require(answers.count >= texts.count)
        for (text, answer) in zip(texts, answers) {
            #expect(variables(Array(text.utf8)) == answer.sorted(), "\(text.debugDescription)")
        }
    }

    @Test("The files are read again when they change, the later counts more, and one that is missing has none")
    func files() {
        let folder = TemporaryFolder()
        let login = LoginEnvironment(paths: [folder.file("environment"), folder.file("locale")])
        #expect(login.variables() == [:])
        folder.write("A=1\nLANG=C\n", to: "environment")
        #expect(login.variables() == ["A": "1", "LANG": "C"])
        folder.write("LANG=de_DE.UTF-8\nA\n", to: "locale")
        #expect(login.variables() == ["LANG": "de_DE.UTF-8"])
        folder.write("A=2\nB=longer\n", to: "environment")
        #expect(login.variables() == ["LANG": "de_DE.UTF-8", "B": "longer"])
    }
}
