import AlmanacTesting
import Glibc
import Testing

@testable import AlmanacCommands

@Suite("A daemon's URL has a scheme, a host, perhaps a port and a path")
struct ServerURLTests {
    @Test(
        "what is taken, and how it is connected to",
        arguments: [
            ("https://host:9477", "https://host:9477", "host", 9477),
            ("HTTPS://host/", "https://host", "host", 443),
            ("http://10.0.0.1", "http://10.0.0.1", "10.0.0.1", 80),
            ("https://[2001:db8::1]:9477/almanac/", "https://[2001:db8::1]:9477/almanac", "2001:db8::1", 9477),
        ]
    )
    func good(text: String, description: String, host: String, port: Int) throws {
        let url = try ServerURL(text)
        #expect(url.description == description && url.host == host && url.effectivePort == port)
    }

    @Test(
        "what is no URL of a daemon",
        arguments: [
            "", "host:9477", "ftp://host", "https://", "https://:9477", "https://host:", "https://host:0",
            "https://host:65536", "https://host:+1", "https://a:b:1", "https://[::1", "https://::1", "https://[a]:1",
            "https://user:secret@host", "https://host?x=1", "https://host/#x", "https://host/a b", "https://ho st",
        ]
    )
    func bad(text: String) {
        let fault = #expect(throws: ServerURL.Fault.self) { try ServerURL(text) }
        #expect(fault?.message.contains("secret") == false)
    }

    @Test("a token that goes unencrypted to another machine is warned of")
    func warning() throws {
        let folder = TemporaryFolder()
        let path = folder.write("abc\n", to: "token")
        unsafe chmod(path, 0o600)
        let token = try BearerToken(file: path)
        func warning(_ url: String, _ token: BearerToken?) throws -> String? {
            NetworkAddress(url: try ServerURL(url), token: token).warning
        }
        #expect(try warning("http://host:9477", token)?.contains("unencrypted") == true)
        #expect(try warning("http://128.0.0.1", token) != nil)
        #expect(try warning("http://host:9477", nil) == nil)
        for url in ["https://host", "http://localhost:9477", "http://127.0.0.5:9477", "http://[::1]:9477"] {
            #expect(try warning(url, token) == nil)
        }
    }
}

@Suite("A token comes from a file that its user alone can read")
struct BearerTokenTests {
    private func token(_ text: String, mode: mode_t = 0o600) throws -> BearerToken {
        let folder = TemporaryFolder()
        let path = folder.write(text, to: "token")
        unsafe chmod(path, mode)
        return try BearerToken(file: path)
    }

    @Test("an end of line is none of it, and no description shows it")
    func token() throws {
        for text in ["alm_x", "alm_x\n", "alm_x\r\n"] { #expect(try token(text).secret == "alm_x") }
        let token = try token("alm_x\n", mode: 0o400)
        var dumped = ""
        dump(token, to: &dumped)
        #expect(!"\(token) \(String(reflecting: token)) \(dumped)".contains("alm_x"))
    }

    @Test("others that can read it", arguments: [mode_t(0o640), 0o604, 0o644, 0o620, 0o610])
    func mode(mode: mode_t) throws {
        let failure = try #require(throws: CommandFailure.self) { try token("alm_x", mode: mode) }
        #expect(failure.message.contains("chmod 600 ") && failure.status == 1)
    }

    @Test(
        "no token",
        arguments: ["", "\n", "a b", "a\nb\n", " a", "a\t", "\u{E4}", String(repeating: "x", count: 5000)]
    )
    func contents(text: String) {
        let failure = #expect(throws: CommandFailure.self) { try token(text) }
        #expect(failure?.message.contains("xxx") == false)
    }

    @Test("no file, and a folder")
    func missing() {
        #expect(throws: CommandFailure.self) { try BearerToken(file: "/nowhere/token") }
        let folder = TemporaryFolder()
        unsafe chmod(folder.path, 0o700)
        #expect(throws: CommandFailure.self) { try BearerToken(file: folder.path) }
    }
}
