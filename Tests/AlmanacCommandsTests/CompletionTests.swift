import AlmanacTesting
import Glibc
import Testing

@testable import AlmanacCommands

@Suite("Real shells complete command lines with the scripts of almanac completions")
struct CompletionTests {
    static func has(_ shell: String) -> Bool {
        ChildProcess.run(["sh", "-c", "command -v \(shell)"])?.exitCode == 0
    }

    /// Asks a shell for what can follow a command line; the script is `$0`, the line `$1`.
    private static let questions = [
        "bash": #"""
        source "$0"
        read -r -a COMP_WORDS <<<"$1"
        case "$1" in *' ') COMP_WORDS+=('') ;; esac
        COMP_LINE=$1 COMP_POINT=${#1} COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_TYPE=9 COMP_KEY=9
        function=$(complete -p almanac | sed 's/.*-F \([^ ]*\).*/\1/')
        "$function" almanac "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\n' "${COMPREPLY[@]}"
        """#,
        "fish": terminal,
        "zsh": terminal,
    ]

    /// Their completion runs in the line editor alone: so this one types into it, and prints what the screen got to see.
    private static let terminal = #"""
        import fcntl, os, pty, re, select, struct, sys, termios, time
        script, line = sys.argv[1:]
        shell, folder = os.environ["ASKED_SHELL"], os.path.dirname(script)
        pid, terminal = pty.fork()
        if pid == 0:
            os.environ["TERM"] = "dumb" if shell == "zsh" else "xterm"
            os.execvp(shell, [shell, "-f", "-i"] if shell == "zsh" else [shell, "--no-config", "-i"])
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
        def read(until, seconds=20):
            text, end = "", time.monotonic() + seconds
            while time.monotonic() < end and not re.search(until, text):
                if select.select([terminal], [], [], 0.2)[0]:
                    text += os.read(terminal, 65536).decode(errors="replace")
            return text
        def type(text): os.write(terminal, text.encode())
        if shell == "zsh":
            read("% $|# $|\\x1b\\[\\?2004h")
            type("PS1='rea''dy> '; LISTMAX=1000\r")
            read("ready> ")
            type("fpath=(%s $fpath); autoload -Uz compinit && compinit -u -D; echo do''ne\r" % folder)
            read("done[\\s\\S]*ready> ")
            # Ctrl-D lists what is possible and leaves the line as it is.
            type(line + "\x04")
            text = read("\n[\\s\\S]*ready> ")
        else:
            read("[#>] ")
            type("source %s; echo do''ne\r" % script)
            read("[\\r\\n]done")
            type(line + "\t")
            text = read(os.environ["AWAITED"])
        print(text)
        os.kill(pid, 9)
        """#

    private func completions(of line: String, in shell: String, until awaited: String, daemon: DaemonProcess) throws
        -> [Substring]
    {
        let folder = TemporaryFolder()
        let programs = BuiltProgram.path("almanac").split(separator: "/").dropLast().map { "/\($0)" }.joined()
        let script = try #require(ChildProcess.run([BuiltProgram.path("almanac"), "completions", shell]))
        try #require(script.exitCode == 0)
        let path = folder.write(script.standardOutput, to: "_almanac")
        let question = Self.questions[shell] ?? ""
        let command = [shell == "bash" ? shell : "python3", "-c", question, path, line]
        let outcome = try #require(
            ChildProcess.run(
                command,
                environment: [
                    "PATH": "\(programs):/usr/local/bin:/usr/bin:/bin", "ALMANAC_SOCKET": daemon.socketPath,
                    "HOME": folder.path, "ASKED_SHELL": shell, "AWAITED": awaited,
                ]
            )
        )
        return outcome.standardOutput.split { $0.isWhitespace || $0 == "\u{1B}" }
    }

    private func check(_ shell: String) throws {
        let daemon = DaemonProcess("[tasks.hello-world]\nrun = \"true\"\n[tasks.\"a.b:c\"]\nrun = \"true\"\n")
        try #require(daemon.isReady())
        func completes(_ line: String, to words: String...) throws {
            let found = try completions(of: line, in: shell, until: words.last ?? "", daemon: daemon)
            for word in words { #expect(found.contains { $0.contains(word) }, "\(line): \(found)") }
        }
        try completes("almanac l", to: "list", "logs")
        try completes("almanac token ", to: "create", "revoke")
        try completes("almanac run ", to: "a.b:c", "hello-world")
        try completes("almanac list --ca-file /usr/l", to: shell == "bash" ? "/usr/lib" : "lib")
    }

    @Test("bash", .enabled(if: has("bash"), "there is no bash here"))
    func bash() throws { try check("bash") }

    @Test("zsh", .enabled(if: has("zsh"), "there is no zsh here: apt-get install zsh"))
    func zsh() throws { try check("zsh") }

    @Test("fish", .enabled(if: has("fish"), "there is no fish here: apt-get install fish"))
    func fish() throws { try check("fish") }

    @Test("the daemon that is asked for tasks is the one that the command line names")
    func address() {
        #expect(
            TaskCompletion.arguments(in: ["almanac", "--url", "https://a", "run", "x", "--ca-file=c", "--socket"])
                == ["--url", "https://a", "--ca-file=c"]
        )
    }
}
