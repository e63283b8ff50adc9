import AlmanacTesting

/// Documents that use all of TOML, and ways to damage them.
enum TOMLSamples {
    static let documents = [
        ConfigurationReaderTests.example,
        #"""
        # strings
        a = "plain"
        "b \" c" = "esc \u00e9 \\ \" # not a comment"
        'd # e' = 'lit \ "'
        f = """
        one "two" ""three"" \
            four \"""
        [not.a.table]
        """"
        g = '''
        '' x = 1 '
        '''''
        h = ""
        i = ''
        j = """"""
        k = ''''''
        """#,
        """
        title = "numbers"
        ints = [ 0, +1, -1, 1_000, 0xDEAD_beef, 0o755, 0b1010, ]
        floats = [ 1.0, -0.5e-3, 6.02e23, inf, -inf, nan ]
        dates = [ 1979-05-27T07:32:00Z, 1979-05-27 07:32:00.5+01:00, 1979-05-27, 07:32:00 ]
        flags = [true,false]
        when = 1979-05-27 07:32:00 # blank
        """,
        """
        a.b.c = 1
        a.b.d = { e.f = [ { g = 1 }, { h = { } } ], "i.j" = 2 }
        [x.y]
        z.w = 1
        [x]
        v = 1
        [[products]]
        name = "Hammer"
        [[products.parts]]
        id = 1
        [[products.parts]]
        id = 2
        [products.size]
        w = 1
        [[products]]
        [[products]]
        name = 'Nail'
        [ "quoted header" . 'x.y' . z ]
        nested = [ [ 1, 2 ], # ]
          [ "a", [ ] ],
          { k = [ '''
        }''' ] },
        ]
        """,
        "[a]\r\nb = 1\r\n# c\r\n\r\n[c.d] # e\r\nf = [\r\n  1,\r\n]\r\ng = \"\"\"\r\nh\r\n\"\"\"\r\n",
        "\"\u{E9}\" = 1\n\"e\u{301}\" = 2\n",
        "\u{FEFF}\"ключ\" = \"значение\"\n'日本' = '語' # コメント\n\"😀\\U0001F600\" = 1\n",
        """
        [scheduler]
        grace = "1m30s"
        timezone = "Asia/Tokyo"
        [api]
        auth = "none"
        [daemon]
        on_stop = "stop_runs"
        [tasks]
        a = { run = "true", cron = "@every 5s" }
        b.run = '''
        exit 1'''
        b.max_concurrent = 0x10
        """,
        "[scheduler]\nmax_concurrent = 2\n[storage]\nmax_size = '5gb'\nmin_free_space = \"1 MiB\"\n[defaults]\n"
            + TaskSettingsTests.everyKey,
        """
        [tasks.a]
        run = "echo ${A}"
        description = "$${B} ${NONE:-c} ${NONE}"
        \(TaskSettingsTests.everyKey)
        env_file = "/dev/null"
        secrets_file = "none"
        params = [
          { env = "REGION", default = "eu", choices = ["eu", "us"], allow_custom = true, description = "x" },
          { arg = "file", required = true },
          { option = "--count", type = "int", default = 3 }, { flag = "-v", default = false },
        ]
        [tasks.b]
        run = 'x'
        cron = "${CRON:-@daily}"
        restart = "never"
        secrets.A = "${file:none}"
        notify_on_failure = ["a"]
        """,
    ]

    /// What damage is made of: the signs that mean something.
    private static let fragments = [
        "\"", "'", "\"\"\"", "'''", "[", "]", "[[", "]]", "{", "}", "=", ",", ".", "#", "\n", "\r\n", "\r", "\\", " ",
        "\t", "a", "1", "-", "_", "run", "tasks", "\\u0000", "\\U0001F600", "\\uD800", "\u{0}", "\u{7F}", "\u{85}",
        "\u{A0}", "\u{2028}", "\u{FEFF}", "é", "😀", "true", "1e5", "0x", "1979-05-27 ", "[tasks.a]\n", "run = 'x'\n",
        "+", ":", "T", "Z", "e", "E+", "0b", "0o", "12:30", "-05", "inf", "nan", "00", "9999999999999999999", "1.",
        ".5", "${", "}", "$", "${file:x}", "${A}", "secrets.", "env.", "[defaults]\n", "params = [",
        "[[tasks.a.params]]",
    ]

    /// A document with a few random cuts, insertions, repetitions and grafts.
    static func damaged(using random: inout SeededGenerator) -> String {
        var scalars = Array(documents.randomElement(using: &random)!.unicodeScalars)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let at = Int.random(in: 0...scalars.count, using: &random)
            let end = min(scalars.count, at + Int.random(in: 0...12, using: &random))
            switch Int.random(in: 0..<5, using: &random) {
            case 0: scalars.removeSubrange(at..<end)
            case 1: scalars.insert(contentsOf: fragments.randomElement(using: &random)!.unicodeScalars, at: at)
            case 2:
                scalars.replaceSubrange(at..<end, with: fragments.randomElement(using: &random)!.unicodeScalars)
            case 3:
                scalars.insert(contentsOf: scalars[at..<end], at: Int.random(in: 0...scalars.count, using: &random))
            default:
                let other = Array(documents.randomElement(using: &random)!.unicodeScalars)
                let from = Int.random(in: 0..<other.count, using: &random)
                let to = min(other.count, from + Int.random(in: 1...60, using: &random))
                scalars.insert(contentsOf: other[from..<to], at: at)
            }
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
