import AlmanacCalendar
import AlmanacConfig
import AlmanacModel
import Testing

@Suite("The table [api] says who may call, and how")
struct APISettingsTests {
    @Test("Everything is closed where it says nothing")
    func defaults() throws {
        #expect(try ConfigurationFixture.read("").api == APISettings())
        #expect(try ConfigurationFixture.read("[api]").api == APISettings())
    }

    @Test("Every key")
    func everyKey() throws {
        let settings = try ConfigurationFixture.read(
            """
            [api]
            auth = "required"
            socket_group = "adm"
            tls_cert = "tls/chain.pem"
            tls_key = "~/key.pem"
            trusted_proxies = ["10.0.0.0/8", "::1"]
            hosts = ["Almanac.Example", "203.0.113.5"]
            """
        ).api
        let expected = APISettings(
            socketGroupID: 4,
            tls: APISettings.TLSFiles(certificate: "/srv/conf/tls/chain.pem", key: "/root/key.pem"),
            trustedProxies: [try #require(IPNetwork("10.0.0.0/8")), try #require(IPNetwork("::1"))],
            hosts: ["almanac.example", "203.0.113.5"]
        )
        #expect(settings == expected)
    }

    @Test("One host and one proxy need no array, and a group may be a number")
    func short() throws {
        let settings = try ConfigurationFixture.read(
            "[api]\nhosts = 'a.example'\ntrusted_proxies = '10.0.0.1'\nsocket_group = 1234"
        ).api
        #expect(settings.hosts == ["a.example"])
        #expect(settings.trustedProxies.map(\.description) == ["10.0.0.1"])
        #expect(settings.socketGroupID == 1234)
        #expect(try ConfigurationFixture.read("[api]\nsocket_group = '4242'").api.socketGroupID == 4242)
    }

    @Test(
        "Each fault is named with its line and with what to do",
        arguments: [
            (
                "socket_group = 'nobodys'",
                #"2: [api] socket_group: there is no group "nobodys"; make it with groupadd, or name another"#
            ),
            (
                "socket_group = 'unlucky'",
                #"2: [api] socket_group: cannot look up group "unlucky": Input/output error; make it with groupadd, or name another"#
            ),
            (
                "socket_group = -1",
                #"2: [api] socket_group: expected a group such as "almanac" or a group's number, found the number -1"#
            ),
            (
                "socket_group = ''",
                #"2: [api] socket_group: expected a group such as "almanac" or a group's number, found an empty string"#
            ),
            ("tls_cert = 'a'", "2: [api] tls_cert: a certificate and its key go together; add tls_key"),
            ("tls_key = 'a'", "2: [api] tls_key: a certificate and its key go together; add tls_cert"),
            (
                "trusted_proxies = ['10.0.0.1/8']",
                #"2: [api] trusted_proxies: expected an IP address or a network such as "10.0.0.0/8", found the string "10.0.0.1/8"; "#
                    + "the bits beyond the prefix must be zero, and the prefix no longer than the address"
            ),
            (
                "trusted_proxies = ['proxy.example']",
                #"2: [api] trusted_proxies: expected an IP address or a network such as "10.0.0.0/8", found the string "proxy.example""#
            ),
            (
                "hosts = ['https://a.example']",
                #"2: [api] hosts: expected a host's name such as "almanac.example.com", found the string "https://a.example"; leave out the scheme"#
            ),
            (
                "hosts = ['a.example:9477']",
                #"2: [api] hosts: expected a host's name such as "almanac.example.com", found the string "a.example:9477"; leave out the port"#
            ),
            (
                "hosts = ['*.example']",
                #"2: [api] hosts: expected a host's name such as "almanac.example.com", found the string "*.example""#
            ),
            (
                "host = 'a'",
                #"2: [api] host: unknown key "host"; did you mean "hosts"?"#
            ),
        ]
    )
    func faults(line: String, fault: String) {
        #expect(ConfigurationFixture.faults(of: "[api]\n\(line)") == ["almanac.toml:\(fault)"])
    }

    @Test("What is wrong with a certificate is told at the key that is to blame", arguments: [false, true])
    func certificate(isOfKey: Bool) {
        let reader = ConfigurationReader(
            zones: { _ in .utc },
            systemZone: { (.utc, nil) },
            host: ConfigurationFixture.host(),
            certificateFault: { files in
                .init(isOfKey: isOfKey, message: "\(files.certificate) and \(files.key) do not fit")
            }
        )
        let text = "[api]\ntls_cert = '/c'\ntls_key = '/k'"
        let place = isOfKey ? "3: [api] tls_key" : "2: [api] tls_cert"
        #expect(
            ConfigurationFixture.faults(of: text, reader: reader) == ["almanac.toml:\(place): /c and /k do not fit"]
        )
    }
}
