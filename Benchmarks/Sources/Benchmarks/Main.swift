import AlmanacCalendar
import Glibc

/// Measures the calendar: the next firing without and with a walk's memory, and planning a large configuration.
///
/// With `--tsv` the figures alone, as `peers.sh` reads them. Ends with status 1 where a loop allocates.
@main
enum Benchmarks {
    static let expressions = [
        "* * * * *", "*/5 * * * *", "30 2 * * *", "0 9-17 * * 1-5", "0 0 1 1 *", "0 0 29 2 *", "15 10 L * *",
    ]
    static let firings = 100_000
    static let start = Timestamp(rfc3339: "2026-01-01T00:00:00Z") ?? .minimum
    /// Where the stateless loop begins again: one of the peers knows no later year.
    static let end = Timestamp(rfc3339: "2099-12-31T00:00:00Z") ?? .maximum

    static func main() throws {
        let isPlain = CommandLine.arguments.contains("--tsv")
        let package = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(
            separator: "/"
        )
        let berlin = try ZoneRules(
            id: ZoneID("Europe/Berlin"),
            tzif: contents(of: package + "/tzdata-fixtures/zones/Europe/Berlin")
        )

        var allocates = false
        if !isPlain {
            print(
                "ns a firing in Europe/Berlin, \(firings) from 2026\n\nexpression        stateless   walking   allocations"
            )
        }
        for expression in expressions {
            let schedule = Schedule(try CronExpression(expression), in: berlin)
            let stateless = stateless(schedule)
            let walking = walking(schedule)
            // A round's first walk may touch lazily made metadata; a loop that allocates does it every time.
            allocates = allocates || stateless.allocations > 0.001 || walking.allocations > 0.001
            if isPlain {
                print("almanac\t\(expression)\t\(rounded(stateless.nanoseconds))\t\(rounded(walking.nanoseconds))")
            } else {
                print(
                    column(expression, 16),
                    column(rounded(stateless.nanoseconds), -10),
                    column(rounded(walking.nanoseconds), -9),
                    column("\(stateless.allocations + walking.allocations)", -12)
                )
            }
        }
        if !isPlain { try plan(berlin) }
        if allocates {
            print("a loop allocates")
            exit(1)
        }
    }

    private static func stateless(_ schedule: Schedule) -> Measurement {
        .best {
            var at = start
            for _ in 0..<firings {
                guard let next = schedule.firing(after: at), next.at < end else {
                    at = start
                    continue
                }
                at = next.at
            }
            use(at)
            return firings
        }
    }

    private static func walking(_ schedule: Schedule) -> Measurement {
        .best {
            var count = 0
            var sum: Int64 = 0
            while count < firings {
                for firing in schedule.firings(after: start, through: .maximum) {
                    sum &+= firing.at.secondsSinceEpoch
                    count += 1
                    if count == firings { break }
                }
            }
            use(sum)
            return count
        }
    }

    /// 10,000 tasks: read their expressions, make their schedules, find their first firings.
    private static func plan(_ zone: ZoneRules) throws {
        let texts = (0..<10_000).map { "\($0 % 60) \($0 / 60 % 24) * * \($0 % 7)" }
        let parsed = try texts.map { try CronExpression($0) }
        let planning = Measurement.best {
            for expression in parsed { use(Schedule(expression, in: zone).firing(after: start)) }
            return 1
        }
        let reading = Measurement.best {
            for text in texts { use(try? CronExpression(text)) }
            return 1
        }
        print(
            "\n10,000 tasks: first firings in \(rounded(planning.nanoseconds / 1e6)) ms, reading in \(rounded(reading.nanoseconds / 1e6)) ms"
        )
    }

    private static func rounded(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

    /// Padded on the right, or on the left where the width is negative.
    private static func column(_ text: String, _ width: Int) -> String {
        let padding = String(repeating: " ", count: max(0, abs(width) - text.count))
        return width < 0 ? padding + text : text + padding
    }
}
