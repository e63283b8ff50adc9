import AlmanacCalendar
import Testing

@Suite("Ticks become occurrences")
struct OccurrenceTests {
    static let examples = [
        OccurrenceRow(
            "a tick in a gap fires at its end",
            "Europe/Berlin",
            "30 2 * * *",
            "2026-03-29T00:00:00Z",
            "2026-03-29T04:00:00Z",
            ["2026-03-29T01:00:00Z fire 2026-03-29T02:30:00 gap"]
        ),
        OccurrenceRow(
            "the gap's earliest tick fires for all",
            "Europe/Berlin",
            "0,30 2 * * *",
            "2026-03-29T00:00:00Z",
            "2026-03-29T04:00:00Z",
            [
                "2026-03-29T01:00:00Z fire 2026-03-29T02:00:00 gap",
                "2026-03-29T01:00:00Z dst_skipped 2026-03-29T02:30:00 gap",
            ]
        ),
        OccurrenceRow(
            "a tick at the gap's end makes up for it",
            "Europe/Berlin",
            "0 2,3 * * *",
            "2026-03-29T00:00:00Z",
            "2026-03-29T04:00:00Z",
            [
                "2026-03-29T01:00:00Z fire 2026-03-29T03:00:00",
                "2026-03-29T01:00:00Z dst_skipped 2026-03-29T02:00:00 gap",
            ]
        ),
        OccurrenceRow(
            "an hourly expression passes a whole hour's gap by",
            "Europe/Berlin",
            "*/15 * * * *",
            "2026-03-29T00:45:00Z",
            "2026-03-29T01:16:00Z",
            [
                "2026-03-29T00:45:00Z fire 2026-03-29T01:45:00", "2026-03-29T01:00:00Z fire 2026-03-29T03:00:00",
                "2026-03-29T01:15:00Z fire 2026-03-29T03:15:00",
            ]
        ),
        OccurrenceRow(
            "several ticks in a gap",
            "Europe/Berlin",
            "*/15 2 * * *",
            "2026-03-29T00:00:00Z",
            "2026-03-29T04:00:00Z",
            [
                "2026-03-29T01:00:00Z fire 2026-03-29T02:00:00 gap",
                "2026-03-29T01:00:00Z dst_skipped 2026-03-29T02:15:00 gap",
                "2026-03-29T01:00:00Z dst_skipped 2026-03-29T02:30:00 gap",
                "2026-03-29T01:00:00Z dst_skipped 2026-03-29T02:45:00 gap",
            ]
        ),
        OccurrenceRow(
            "every other hour is not hourly",
            "Europe/Berlin",
            "0 */2 * * *",
            "2026-03-29T00:00:00Z",
            "2026-03-29T04:00:00Z",
            ["2026-03-29T01:00:00Z fire 2026-03-29T02:00:00 gap", "2026-03-29T02:00:00Z fire 2026-03-29T04:00:00"]
        ),
        OccurrenceRow(
            "a tick in a fold fires once",
            "Europe/Berlin",
            "30 2 * * *",
            "2026-10-25T00:00:00Z",
            "2026-10-25T04:00:00Z",
            [
                "2026-10-25T00:30:00Z fire 2026-10-25T02:30:00 fold",
                "2026-10-25T01:30:00Z dst_skipped 2026-10-25T02:30:00 fold",
            ]
        ),
        OccurrenceRow(
            "an hourly expression passes a whole hour's fold by",
            "Europe/Berlin",
            "*/30 * * * *",
            "2026-10-25T00:00:00Z",
            "2026-10-25T02:01:00Z",
            [
                "2026-10-25T00:00:00Z fire 2026-10-25T02:00:00", "2026-10-25T00:30:00Z fire 2026-10-25T02:30:00",
                "2026-10-25T01:00:00Z fire 2026-10-25T02:00:00", "2026-10-25T01:30:00Z fire 2026-10-25T02:30:00",
                "2026-10-25T02:00:00Z fire 2026-10-25T03:00:00",
            ]
        ),
        OccurrenceRow(
            "a shift of half an hour does not pass",
            "Australia/Lord_Howe",
            "0 * * * *",
            "2026-10-03T15:00:00Z",
            "2026-10-03T17:00:00Z",
            ["2026-10-03T15:30:00Z fire 2026-10-04T02:00:00 gap", "2026-10-03T16:00:00Z fire 2026-10-04T03:00:00"]
        ),
        OccurrenceRow(
            "a day that does not exist",
            "Pacific/Apia",
            "0 9 * * *",
            "2011-12-30T00:00:00Z",
            "2011-12-31T00:00:00Z",
            ["2011-12-30T10:00:00Z fire 2011-12-30T09:00:00 gap", "2011-12-30T19:00:00Z fire 2011-12-31T09:00:00"]
        ),
    ]

    @Test("The examples of the page", arguments: examples)
    func example(row: OccurrenceRow) throws { try row.check() }

    static let every = [
        OccurrenceRow(
            "@every counts from 1970, whatever the zone",
            "Europe/Berlin",
            "@every 7h",
            "2026-03-29T00:00:00Z",
            "2026-03-29T22:00:00Z",
            ["2026-03-29T05:00:00Z fire", "2026-03-29T12:00:00Z fire", "2026-03-29T19:00:00Z fire"]
        ),
        OccurrenceRow(
            "@every before 1970",
            "UTC",
            "@every 1d",
            "1969-12-30T12:00:00Z",
            "1970-01-02T00:00:00Z",
            ["1969-12-31T00:00:00Z fire", "1970-01-01T00:00:00Z fire"]
        ),
        OccurrenceRow(
            "@every through a clock change",
            "Europe/Berlin",
            "@every 30m",
            "2026-10-25T00:00:00Z",
            "2026-10-25T01:30:00Z",
            ["2026-10-25T00:00:00Z fire", "2026-10-25T00:30:00Z fire", "2026-10-25T01:00:00Z fire"]
        ),
        OccurrenceRow(
            "an @every of ages fires in 1970 alone",
            "UTC",
            "@every 999999999d",
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            ["1970-01-01T00:00:00Z fire"]
        ),
        OccurrenceRow(
            "@reboot has no occurrences",
            "UTC",
            "@reboot",
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            []
        ),
    ]

    @Test("Descriptors without ticks", arguments: every)
    func withoutTicks(row: OccurrenceRow) throws { try row.check() }
}
