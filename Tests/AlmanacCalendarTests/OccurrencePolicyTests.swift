import AlmanacCalendar
import Testing

@Suite("The policies for gaps and folds decide what becomes of ticks")
struct OccurrencePolicyTests {
    static let policies = [
        OccurrenceRow(
            "gap = skip",
            "Europe/Berlin",
            "0,30 2 * * *",
            "2026-03-29T00:00:00Z",
            "2026-03-29T04:00:00Z",
            gap: .skip,
            [
                "2026-03-29T01:00:00Z dst_skipped 2026-03-29T02:00:00 gap",
                "2026-03-29T01:00:00Z dst_skipped 2026-03-29T02:30:00 gap",
            ]
        ),
        OccurrenceRow(
            "gap = skip leaves the tick at the gap's end",
            "Europe/Berlin",
            "0 2,3 * * *",
            "2026-03-29T00:00:00Z",
            "2026-03-29T04:00:00Z",
            gap: .skip,
            [
                "2026-03-29T01:00:00Z fire 2026-03-29T03:00:00",
                "2026-03-29T01:00:00Z dst_skipped 2026-03-29T02:00:00 gap",
            ]
        ),
        OccurrenceRow(
            "fold = last",
            "Europe/Berlin",
            "30 2 * * *",
            "2026-10-25T00:00:00Z",
            "2026-10-25T04:00:00Z",
            fold: .last,
            [
                "2026-10-25T00:30:00Z dst_skipped 2026-10-25T02:30:00 fold",
                "2026-10-25T01:30:00Z fire 2026-10-25T02:30:00 fold",
            ]
        ),
        OccurrenceRow(
            "fold = both",
            "Europe/Berlin",
            "30 2 * * *",
            "2026-10-25T00:00:00Z",
            "2026-10-25T04:00:00Z",
            fold: .both,
            [
                "2026-10-25T00:30:00Z fire 2026-10-25T02:30:00 fold",
                "2026-10-25T01:30:00Z fire 2026-10-25T02:30:00 fold",
            ]
        ),
        OccurrenceRow(
            "without the hourly rule, a gap",
            "Europe/Berlin",
            "*/30 * * * *",
            "2026-03-29T00:30:00Z",
            "2026-03-29T01:31:00Z",
            hourly: false,
            [
                "2026-03-29T00:30:00Z fire 2026-03-29T01:30:00", "2026-03-29T01:00:00Z fire 2026-03-29T03:00:00",
                "2026-03-29T01:00:00Z dst_skipped 2026-03-29T02:00:00 gap",
                "2026-03-29T01:00:00Z dst_skipped 2026-03-29T02:30:00 gap",
                "2026-03-29T01:30:00Z fire 2026-03-29T03:30:00",
            ]
        ),
        OccurrenceRow(
            "without the hourly rule, a fold",
            "Europe/Berlin",
            "*/30 * * * *",
            "2026-10-25T00:00:00Z",
            "2026-10-25T02:01:00Z",
            hourly: false,
            [
                "2026-10-25T00:00:00Z fire 2026-10-25T02:00:00 fold",
                "2026-10-25T00:30:00Z fire 2026-10-25T02:30:00 fold",
                "2026-10-25T01:00:00Z dst_skipped 2026-10-25T02:00:00 fold",
                "2026-10-25T01:30:00Z dst_skipped 2026-10-25T02:30:00 fold",
                "2026-10-25T02:00:00Z fire 2026-10-25T03:00:00",
            ]
        ),
        OccurrenceRow(
            "a second pass is held back beside other hours",
            "Europe/Berlin",
            "0 2-4 * * *",
            "2026-10-25T00:00:00Z",
            "2026-10-25T04:00:00Z",
            [
                "2026-10-25T00:00:00Z fire 2026-10-25T02:00:00 fold",
                "2026-10-25T01:00:00Z dst_skipped 2026-10-25T02:00:00 fold",
                "2026-10-25T02:00:00Z fire 2026-10-25T03:00:00", "2026-10-25T03:00:00Z fire 2026-10-25T04:00:00",
            ]
        ),
        OccurrenceRow(
            "a shift of two hours passes",
            "made/TwoHours",
            "0 * * * *",
            "2026-03-29T00:00:00Z",
            "2026-03-29T03:00:00Z",
            [
                "2026-03-29T00:00:00Z fire 2026-03-29T00:00:00", "2026-03-29T01:00:00Z fire 2026-03-29T03:00:00",
                "2026-03-29T02:00:00Z fire 2026-03-29T04:00:00",
            ]
        ),
        OccurrenceRow(
            "a shift of 20 minutes does not",
            "made/TwentyMinutes",
            "10 * * * *",
            "2026-10-25T01:00:00Z",
            "2026-10-25T04:00:00Z",
            ["2026-10-25T02:10:00Z fire 2026-10-25T02:10:00", "2026-10-25T03:10:00Z fire 2026-10-25T03:10:00"]
        ),
        OccurrenceRow(
            "a fold of 20 minutes",
            "made/TwentyMinutes",
            "50 * * * *",
            "2026-10-25T01:00:00Z",
            "2026-10-25T03:00:00Z",
            [
                "2026-10-25T01:30:00Z fire 2026-10-25T01:50:00 fold",
                "2026-10-25T01:50:00Z dst_skipped 2026-10-25T01:50:00 fold",
                "2026-10-25T02:50:00Z fire 2026-10-25T02:50:00",
            ]
        ),
        OccurrenceRow(
            "a gap of one second",
            "made/GapOfOneSecond",
            "0 12 * * *",
            "2020-06-01T00:00:00Z",
            "2020-06-02T00:00:00Z",
            ["2020-06-01T11:00:00Z fire 2020-06-01T12:00:00 gap"]
        ),
        OccurrenceRow(
            "a fold of one second",
            "made/FoldOfOneSecond",
            "59 59 11 * * *",
            "2020-06-01T00:00:00Z",
            "2020-06-02T00:00:00Z",
            [
                "2020-06-01T10:59:58Z fire 2020-06-01T11:59:59 fold",
                "2020-06-01T10:59:59Z dst_skipped 2020-06-01T11:59:59 fold",
            ]
        ),
        OccurrenceRow(
            "a fold of 25 hours holds ticks of two days",
            "made/FoldOf25Hours",
            "30 23 * * *",
            "2020-06-12T20:00:00Z",
            "2020-06-17T12:00:00Z",
            [
                "2020-06-13T11:00:00Z fire 2020-06-13T23:30:00 fold",
                "2020-06-14T11:00:00Z fire 2020-06-14T23:30:00 fold",
                "2020-06-14T12:00:00Z dst_skipped 2020-06-13T23:30:00 fold",
                "2020-06-15T12:00:00Z dst_skipped 2020-06-14T23:30:00 fold",
                "2020-06-16T12:00:00Z fire 2020-06-15T23:30:00",
            ]
        ),
        OccurrenceRow(
            "a gap of 25 hours holds ticks of two days",
            "made/GapOf25Hours",
            "30 0 * * *",
            "2020-06-15T00:00:00Z",
            "2020-06-17T00:00:00Z",
            [
                "2020-06-15T12:30:00Z fire 2020-06-15T00:30:00 gap",
                "2020-06-15T12:30:00Z dst_skipped 2020-06-16T00:30:00 gap",
                "2020-06-16T12:00:00Z fire 2020-06-17T00:30:00",
            ]
        ),
        OccurrenceRow(
            "three times, fold = first",
            "made/ThreeTimes",
            "10 14 * * *",
            "2020-06-01T00:00:00Z",
            "2020-06-02T00:00:00Z",
            [
                "2020-06-01T11:10:00Z fire 2020-06-01T14:10:00 fold",
                "2020-06-01T12:10:00Z dst_skipped 2020-06-01T14:10:00 fold",
                "2020-06-01T13:10:00Z dst_skipped 2020-06-01T14:10:00 fold",
            ]
        ),
        OccurrenceRow(
            "three times, fold = last",
            "made/ThreeTimes",
            "10 14 * * *",
            "2020-06-01T00:00:00Z",
            "2020-06-02T00:00:00Z",
            fold: .last,
            [
                "2020-06-01T11:10:00Z dst_skipped 2020-06-01T14:10:00 fold",
                "2020-06-01T12:10:00Z dst_skipped 2020-06-01T14:10:00 fold",
                "2020-06-01T13:10:00Z fire 2020-06-01T14:10:00 fold",
            ]
        ),
        OccurrenceRow(
            "three times, hourly",
            "made/ThreeTimes",
            "10 * * * *",
            "2020-06-01T11:00:00Z",
            "2020-06-01T14:00:00Z",
            [
                "2020-06-01T11:10:00Z fire 2020-06-01T14:10:00", "2020-06-01T12:10:00Z fire 2020-06-01T14:10:00",
                "2020-06-01T13:10:00Z fire 2020-06-01T14:10:00",
            ]
        ),
        OccurrenceRow(
            "hourly, half an hour and then a whole one: neighbours count",
            "made/ThreeTimesHalfThenWhole",
            "35 * * * *",
            "2020-06-01T11:00:00Z",
            "2020-06-01T14:00:00Z",
            [
                "2020-06-01T11:35:00Z fire 2020-06-01T14:35:00 fold",
                "2020-06-01T12:05:00Z dst_skipped 2020-06-01T14:35:00 fold",
                "2020-06-01T13:05:00Z fire 2020-06-01T14:35:00",
            ]
        ),
        OccurrenceRow(
            "hourly, a whole hour and then half of one: neighbours count",
            "made/ThreeTimesWholeThenHalf",
            "5 * * * *",
            "2020-06-01T11:00:00Z",
            "2020-06-01T13:00:00Z",
            [
                "2020-06-01T11:05:00Z fire 2020-06-01T14:05:00", "2020-06-01T12:05:00Z fire 2020-06-01T14:05:00 fold",
                "2020-06-01T12:35:00Z dst_skipped 2020-06-01T14:05:00 fold",
            ]
        ),
        OccurrenceRow(
            "what a second transition gives back is no gap",
            "made/ForwardAndBack",
            "15,45 12 * * *",
            "2020-06-01T00:00:00Z",
            "2020-06-02T00:00:00Z",
            ["2020-06-01T12:00:00Z fire 2020-06-01T12:15:00 gap", "2020-06-01T12:45:00Z fire 2020-06-01T12:45:00"]
        ),
        OccurrenceRow(
            "a gap belongs to the first transition that jumps over it",
            "made/JumpedTwice",
            "30 12 * * *",
            "2020-06-01T00:00:00Z",
            "2020-06-02T00:00:00Z",
            ["2020-06-01T12:00:00Z fire 2020-06-01T12:30:00 gap"]
        ),
        OccurrenceRow(
            "the tick between two gaps",
            "made/GapsASecondApart",
            "0,30 12-14 * * *",
            "2020-06-01T00:00:00Z",
            "2020-06-02T00:00:00Z",
            [
                "2020-06-01T12:00:00Z fire 2020-06-01T13:00:00",
                "2020-06-01T12:00:00Z dst_skipped 2020-06-01T12:00:00 gap",
                "2020-06-01T12:00:00Z dst_skipped 2020-06-01T12:30:00 gap",
                "2020-06-01T12:00:01Z fire 2020-06-01T13:30:00 gap",
                "2020-06-01T12:00:01Z dst_skipped 2020-06-01T14:00:00 gap",
                "2020-06-01T12:30:00Z fire 2020-06-01T14:30:00",
            ]
        ),
        OccurrenceRow(
            "a held-back tick at the gap's end still makes up for the gap",
            "made/GapInAFold",
            "10,30 12 * * *",
            "2020-06-01T11:00:00Z",
            "2020-06-01T14:00:00Z",
            fold: .last,
            [
                "2020-06-01T12:00:00Z dst_skipped 2020-06-01T12:30:00 fold",
                "2020-06-01T12:40:00Z fire 2020-06-01T12:10:00",
                "2020-06-01T13:00:00Z fire 2020-06-01T12:30:00 fold",
            ]
        ),
    ]

    @Test("The policies", arguments: policies)
    func policy(row: OccurrenceRow) throws { try row.check() }
}
