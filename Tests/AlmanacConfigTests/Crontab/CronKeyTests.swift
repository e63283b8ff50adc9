import AlmanacCalendar
import AlmanacConfig
import AlmanacModel
import AlmanacTesting
import Testing

@Suite("The keys for clock changes, input, conventions and mail")
struct CronKeyTests {
    private static func task(_ keys: String, defaults: String = "", userID: UInt32 = 0) throws -> TaskDefinition {
        let text = "[defaults]\n\(defaults)\n[tasks.a]\nrun = 'x'\ncron = '30 * * * *'\n\(keys)\n"
        return try #require(
            ConfigurationFixture.read(text, on: ConfigurationFixture.host(userID: userID)).tasks.first
        )
    }

    private static func faults(_ keys: String, defaults: String = "") -> [String] {
        let text = "[defaults]\n\(defaults)\n[tasks.a]\nrun = 'x'\n\(keys)\n"
        return ConfigurationFixture.faults(of: text, on: ConfigurationFixture.host())
    }

    @Test("dst_gap, dst_fold and dst_hourly, of the task or of the defaults")
    func clockChanges() throws {
        let plain = try #require(Self.task("").schedule?.schedule)
        #expect(plain.gap == .run && plain.fold == .first && plain.hourly)
        let own = try #require(Self.task("dst_gap = 'skip'\ndst_fold = 'both'\ndst_hourly = false").schedule?.schedule)
        #expect(own.gap == .skip && own.fold == .both && !own.hourly)
        let inherited = try #require(
            Self.task("dst_fold = 'first'", defaults: "dst_gap = 'skip'\ndst_fold = 'last'\ndst_hourly = false")
                .schedule?.schedule
        )
        #expect(inherited.gap == .skip && inherited.fold == .first && !inherited.hourly)
        #expect(
            Self.faults("dst_gap = 'jump'")
                == [#"almanac.toml:5: [tasks.a] dst_gap: expected "run" or "skip", found the string "jump""#]
        )
        #expect(Self.faults("dst_hourly = 'no'").count == 1)
    }

    @Test("stdin is taken as it stands, and is a task's own")
    func input() throws {
        #expect(try Self.task("stdin = \"a ${B}\\n\"").settings.standardInput == "a ${B}\n")
        #expect(try Self.task("").settings.standardInput == nil)
        #expect(Self.faults("stdin = \"a\\u0000\"").count == 1)
        #expect(Self.faults("", defaults: "stdin = 'x'").first?.contains("no task inherits this key") == true)
    }

    @Test("conventions = \"cron\" takes shell and folder from SHELL and HOME, else from the user")
    func conventions() throws {
        let settings = try Self.task(
            "conventions = 'cron'\nuser = 'alice'\nenv = { SHELL = '/bin/bash', CONTENT_TYPE = 'x/y' }\nmail_to = 'a'"
        ).settings
        #expect(settings.conventions == .cron)
        #expect(settings.shell == "/bin/bash")
        #expect(settings.workingDirectory == "/home/alice")
        #expect(settings.mail == MailSettings(to: "a", contentType: "x/y"))
        let own = try Self.task("env = { HOME = '/srv' }\nshell = '/bin/zsh'", defaults: "conventions = 'cron'")
            .settings
        #expect(own.workingDirectory == "/srv" && own.shell == "/bin/zsh")
        #expect(try Self.task("conventions = 'cron'").settings.workingDirectory == "/root")
        #expect(
            try Self.task("conventions = 'cron'\nworking_dir = '/x'\nenv = { HOME = '/srv' }").settings.workingDirectory
                == "/x"
        )
        #expect(
            try Self.task("conventions = 'almanac'", defaults: "conventions = 'cron'").settings.workingDirectory == nil
        )
        #expect(try Self.task("conventions = 'cron'", userID: 1000).settings.workingDirectory == "/home/alice")
        let fault =
            "env_base: it means nothing beside conventions = \"cron\", by which a command gets the environment that cron gives; remove the key"
        #expect(Self.faults("conventions = 'cron'\nenv_base = 'clean'") == ["almanac.toml:6: [tasks.a] " + fault])
        #expect(
            Self.faults("", defaults: "conventions = 'cron'\nenv_base = 'clean'") == [
                "almanac.toml:3: [defaults] " + fault
            ]
        )
        // What the defaults say for tasks of the other kind is no fault.
        #expect(
            try Self.task("conventions = 'cron'", defaults: "env_base = 'clean'").settings.environmentBase == .inherit
        )
    }

    @Test("mail_to is an address, several with commas, or an array of them")
    func mail() throws {
        #expect(try Self.task("").settings.mail == nil)
        #expect(try Self.task("mail_to = 'root'").settings.mail == MailSettings(to: "root", on: .output))
        for list in ["'ops@example.org, root'", "['ops@example.org', 'root']", "['ops@example.org,root']"] {
            let settings = try Self.task("mail_to = \(list)\nmail_from = 'Night <a@b>'\nmail_on = 'failure'").settings
            #expect(settings.mail == MailSettings(to: "ops@example.org,root", from: "Night <a@b>", on: .failure))
        }
        let inherited = try Self.task("mail_on = 'always'", defaults: "mail_to = 'root'\nmail_from = 'x'").settings.mail
        #expect(inherited == MailSettings(to: "root", from: "x", on: .always))
        for empty in ["''", "[]"] {
            #expect(try Self.task("mail_to = \(empty)", defaults: "mail_to = 'root'").settings.mail == nil)
        }
    }

    @Test("Addresses that a mail program could take for something else are refused")
    func addresses() {
        for address in [
            "-oQ/tmp", "a b", "a;b", "|sh", "a\\nb", "a,,b", "a,", " ", "\\u00e9", "<a@b>", "a\\tb", "\\\"a b\\\"@c",
        ] {
            #expect(Self.faults("mail_to = \"\(address)\"").count == 1, "\(address)")
        }
        #expect(
            Self.faults("mail_to = ['a', '-b']") == [
                "almanac.toml:5: [tasks.a] mail_to: expected mail addresses: a letter, a digit or _ first, no blanks, none of the characters "
                    + "< > ( ) ; | \" and \\, found \"-b\""
            ]
        )
        #expect(Self.faults("mail_to = 3").count == 1)
        #expect(Self.faults("mail_to = 'a'\nmail_from = \"x\\ny\"").count == 1)
        #expect(Self.faults("mail_to = 'a'\nmail_on = 'never'").count == 1)
    }

    @Test("Keys of a mail that nobody gets are told")
    func unheard() throws {
        let configuration = try ConfigurationFixture.read("[tasks.a]\nrun = 'x'\nmail_on = 'always'\n")
        #expect(
            configuration.warnings.map(\.description)
                == ["almanac.toml:3: [tasks.a] mail_on: nobody gets a mail: the task has no mail_to"]
        )
    }
}

@Suite("The table [cron] names the crontabs that are run")
struct CronTableTests {
    private typealias Place = CronSettings.Place
    private let folder = TemporaryFolder()

    private static func places(_ text: String, userID: UInt32 = 0) throws -> [Place] {
        try ConfigurationFixture.read("[cron]\n\(text)\n", on: ConfigurationFixture.host(userID: userID)).cron.places
    }

    private static func faults(_ text: String, userID: UInt32 = 0) -> [String] {
        ConfigurationFixture.faults(of: "[cron]\n\(text)\n", on: ConfigurationFixture.host(userID: userID))
            .map { $0.replacing("almanac.toml:2: [cron] ", with: "") }
    }

    @Test("Cron's own places, and others")
    func places() throws {
        #expect(try ConfigurationFixture.read("").cron.places.isEmpty)
        #expect(try Self.places("crontabs = false").isEmpty)
        #expect(try Self.places("crontabs = true") == CronSettings.standardPlaces)
        #expect(
            try Self.places("include = ['tab', '\(folder.path)/', { path = '~/x', user = 'alice' }]") == [
                Place(path: "/srv/conf/tab", kind: .file(.system)), Place(path: folder.path, kind: .systemFolder),
                Place(path: "/root/x", kind: .file(.user("alice"))),
            ]
        )
    }

    @Test("A daemon that is not root's runs crontabs of its user")
    func unprivileged() throws {
        #expect(
            try Self.places("include = ['tab', { path = '/y', user = 'alice' }]", userID: 1000) == [
                Place(path: "/srv/conf/tab", kind: .file(.user("alice"))),
                Place(path: "/y", kind: .file(.user("alice"))),
            ]
        )
        #expect(
            Self.faults("crontabs = true", userID: 1000).first?.hasPrefix(
                "crontabs: only root may run the system's crontabs"
            ) == true
        )
        #expect(Self.faults("include = ['\(folder.path)']", userID: 1000).first?.contains("is a folder") == true)
        #expect(
            Self.faults("include = [{ path = '/y', user = 'root' }]", userID: 1000).first?.contains("only root may run")
                == true
        )
        #expect(Self.faults("include = ['/y']", userID: 5).first?.contains("has no account") == true)
    }

    @Test("What is wrong is told with its key")
    func faults() {
        #expect(Self.faults("include = '/etc/crontab'").count == 1)
        #expect(Self.faults("include = [3, '']").count == 2)
        #expect(
            Self.faults("include = [{ path = '/y' }]") == [
                "almanac.toml:2: [cron.include] user: missing; add a line such as user = \"alice\""
            ]
        )
        #expect(
            Self.faults("include = [{ path = '/y', user = 'ghost' }]") == [
                "include: there is no user \"ghost\"; name one that is there"
            ]
        )
        #expect(
            Self.faults("include = [{ path = '/y', user = 'unlucky' }]").first?.contains("Input/output error") == true
        )
        #expect(Self.faults("include = ['/x', '/x']").first?.contains("is run already") == true)
        #expect(Self.faults("crontabs = true\ninclude = ['/etc/cron.d']").first?.contains("is run already") == true)
        #expect(Self.faults("crontab = true").first?.contains("did you mean \"crontabs\"?") == true)
        #expect(
            ConfigurationFixture.faults(of: "[daemon]\ninclude_cron = ['x']\n", on: ConfigurationFixture.host()) == [
                "almanac.toml:2: [daemon] include_cron: crontabs have a table of their own; name them in [cron], as include = [...]"
            ]
        )
    }
}
