import AlmanacCalendar
import AlmanacConfig
import AlmanacModel
import Testing

@Suite("The table [metrics] says where metrics are for everybody")
struct MetricsSettingsTests {
    static let reader = ConfigurationReader(
        zones: { _ in .utc },
        systemZone: { (.utc, nil) },
        host: ConfigurationFixture.host(),
        listenFault: { $0.contains(":") ? nil : "\($0) has no port" }
    )

    @Test("Nowhere, one address, or several")
    func addresses() throws {
        func listen(_ text: String) throws -> [String] {
            try Self.reader.read(text: text, path: "almanac.toml").metrics.listen
        }
        #expect(try listen("") == [])
        #expect(try listen("[metrics]") == [])
        #expect(try listen("[metrics]\nlisten = '127.0.0.1:9478'") == ["127.0.0.1:9478"])
        #expect(try listen("[metrics]\nlisten = ['[::1]:9478', 'unix:/m']") == ["[::1]:9478", "unix:/m"])
    }

    @Test(
        "A fault is told with its place",
        arguments: [
            ("listen = '9478'", "2: [metrics] listen: 9478 has no port"),
            (
                "listen = 9478",
                #"2: [metrics] listen: expected an address such as "127.0.0.1:9478", or an array of them"#
            ),
            ("port = 9478", "2: [metrics] port: "),
        ]
    )
    func faults(line: String, fault: String) {
        let found = ConfigurationFixture.faults(of: "[metrics]\n\(line)", reader: Self.reader)
        #expect(found.count == 1 && found[0].hasPrefix("almanac.toml:\(fault)"), "\(found)")
    }
}
