import AlmanacConfig
import AlmanacModel
import Testing

@testable import AlmanacDaemon

@Suite("What is wrong with crontabs is said once")
struct CrontabNewsTests {
    private func reading(_ faults: (path: String, line: Int?)...) -> CrontabReading {
        var reading = CrontabReading()
        reading.faults = faults.map { ConfigurationFault(path: $0.path, line: $0.line, message: "61 is no minute") }
        return reading
    }

    @Test("Not again for as long as it is so; again when it has been mended and is back")
    func once() {
        var news = CrontabNews()
        #expect(
            news.complaints(about: reading(("/etc/cron.d/a", 3))) == [
                CrontabNews.Item(
                    event: .crontabLineRefused,
                    text: "/etc/cron.d/a:3: 61 is no minute",
                    file: "/etc/cron.d/a",
                    line: 3
                )
            ]
        )
        #expect(news.complaints(about: reading(("/etc/cron.d/a", 3))) == [])
        #expect(
            news.complaints(about: reading(("/etc/cron.d/a", 3), ("/etc/cron.d/b", 1))).map(\.file) == ["/etc/cron.d/b"]
        )
        #expect(news.complaints(about: reading()) == [])
        #expect(news.complaints(about: reading(("/etc/cron.d/a", 3))).count == 1)
    }

    @Test("A file of ten thousand faults takes twenty-one lines of the log")
    func limit() {
        var news = CrontabNews()
        var reading = CrontabReading()
        reading.faults = (1...10_000).map { ConfigurationFault(path: "/etc/cron.d/a", line: $0, message: "no") }
        let items = news.complaints(about: reading)
        #expect(items.count == CrontabNews.limit + 1)
        #expect(items.last?.text == "9980 more is wrong with crontabs; almanac check lists all of it")
    }

    @Test("What has changed is counted by crontab, the tasks of almanac.toml left out")
    func changes() {
        func task(_ name: String, _ file: String?, _ command: String = "true") -> TaskDefinition {
            var task = TaskDefinition(name: name, command: command)
            task.crontabLine = file.map { CrontabLine(file: $0, number: 1) }
            return task
        }
        let items = CrontabNews.changes(
            from: [task("a", "/x"), task("b", "/x"), task("c", "/y"), task("d", nil)],
            to: [task("a", "/x"), task("e", "/x"), task("f", "/x"), task("c", "/y", "false")]
        )
        #expect(items.map(\.text) == ["crontab /x: 2 tasks added, 1 removed", "crontab /y: 1 task changed"])
    }
}
