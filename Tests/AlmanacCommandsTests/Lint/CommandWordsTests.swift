import Testing

@testable import AlmanacCommands

@Suite("The programs of a command are those that it names for certain")
struct CommandWordsTests {
    @Test(
        "a command and its programs",
        arguments: [
            ("backup --all", ["backup"]),
            ("/usr/bin/backup > /dev/null 2>&1", ["/usr/bin/backup"]),
            ("LANG=C nice -n 5 report", ["nice"]),
            ("cd /srv && ./run.sh; gzip x | mail root", ["gzip", "mail"]),
            ("~/bin/sync & date", ["~/bin/sync", "date"]),
            ("exec logger done", ["logger"]),
            ("echo 'a; b && c' && sort", ["sort"]),
            (#"echo "a | b" \; x | sort"#, ["sort"]),
            // The command looks for itself, or a shell alone knows.
            ("test -x /usr/sbin/anacron || run-parts /etc/cron.daily", []),
            ("[ -x /usr/lib/php/sessionclean ] && /usr/lib/php/sessionclean", []),
            ("command -v debian-sa1 > /dev/null && debian-sa1 1 1", []),
            ("if [ -x /x ]; then /x; fi", []),
            ("$HOME/bin/x", []),
            ("`which x`", []),
            ("(cd /; x)", []),
            ("PATH=/opt/bin x", []),
            ("a && { b; c; }", ["a"]),
            ("tar -cf $(date +x).tar /etc", ["tar"]),
            ("a || b", ["a"]),
            ("", []),
            ("\"quoted name\" x", []),
            ("'", []),
        ]
    )
    func programs(command: String, programs: [String]) {
        #expect(CommandWords(command).programs == programs)
    }
}
