import AlmanacCalendar
import Testing

@testable import AlmanacCommands

@Suite("Every part of the grammar is said in plain English")
struct SentenceTests {
    @Test(
        "times",
        arguments: [
            ("* * * * *", "Every minute."),
            ("*/5 * * * *", "Every 5 minutes."),
            ("7/15 * * * *", "Every 15 minutes, starting 7 minutes past the hour."),
            ("*/7 * * * *", "At minutes 0, 7, 14, …, 56 of every hour."),
            ("0 * * * *", "Every hour, on the hour."),
            ("17 * * * *", "Every hour, at 17 minutes past."),
            ("1 * * * *", "Every hour, at 1 minute past."),
            ("10-20 * * * *", "At minutes 10 to 20 of every hour."),
            ("5,10,11 * * * *", "At minutes 5, 10 and 11 of every hour."),
            ("30 2 * * *", "At 02:30 every day."),
            ("0,30 9,17 * * *", "At 09:00, 09:30, 17:00 and 17:30 every day."),
            ("0 9-17 * * *", "Every hour from 09:00 to 17:00 every day."),
            ("20 22-2 * * *", "Every hour from 22:20 to 02:20 every day."),
            ("*/15 22-2 * * *", "Every 15 minutes from 22:00 to 02:45 every day."),
            ("* 2 * * *", "Every minute from 02:00 to 02:59 every day."),
            ("30 */2 * * *", "Every 2 hours from 00:30 to 22:30 every day."),
            ("0,30 0-23/2 * * *", "Every 30 minutes in the hours 00, 02, 04, …, 22 every day."),
            ("17 3,4,7,9,12,15,19 * * *", "At 03:17, 04:17, 07:17, 09:17, 12:17, 15:17 and 19:17 every day."),
            ("1-3,10 3-5,9 * * *", "At minutes 1 to 3 and 10 of the hours 03 to 05 and 09 every day."),
            ("1-3,10 3-9 * * *", "At minutes 1 to 3 and 10 of every hour from 03 to 09 every day."),
            ("* * * * * *", "Every second."),
            ("*/10 * * * * *", "Every 10 seconds."),
            ("5/10 * * * * *", "Every 10 seconds from second 5."),
            ("30 * * * * *", "At second 30 of every minute."),
            ("0,5 0 * * * *", "At seconds 0 and 5 of minute 0 of every hour."),
            ("* */15 * * * *", "Every second in every 15th minute."),
            ("* * 9 * * *", "Every second from 09:00 to 09:59:59 every day."),
            ("15 30 2 * * *", "At 02:30:15 every day."),
        ]
    )
    func times(expression: String, sentence: String) throws {
        #expect(try CronExpression(expression).sentence == sentence)
    }

    @Test(
        "days",
        arguments: [
            ("0 4 * * 1", "At 04:00 every Monday."),
            ("0 4 * * 1-5", "At 04:00, Monday to Friday."),
            ("0 4 * * FRI-MON", "At 04:00, Friday to Monday."),
            ("0 4 * * 6,0", "At 04:00 on Saturday and Sunday."),
            ("0 4 * * 1,3,5", "At 04:00 on Monday, Wednesday and Friday."),
            ("0 4 * * SUN-7", "At 04:00 every day."),
            ("0 4 * 6-8 *", "At 04:00 every day in June to August."),
            ("0 4 * 1,7 1", "At 04:00 every Monday in January and July."),
            ("0 4 1 * *", "At 04:00 on the 1st of the month."),
            ("0 4 1,15 * *", "At 04:00 on the 1st and 15th of the month."),
            ("0 4 1-7 * *", "At 04:00 on the 1st to the 7th of the month."),
            ("0 4 */2 * *", "At 04:00 on the 1st, 3rd, 5th, …, 31st of the month."),
            ("0 0 1 1 *", "At 00:00 on the 1st of January."),
            ("0 0 29 2 *", "At 00:00 on the 29th of February."),
            ("0 0 1 */3 *", "At 00:00 on the 1st of January, April, July and October."),
            ("15 10 L * *", "At 10:15 on the last day of the month."),
            ("15 10 L-1 * *", "At 10:15 on the day before the last of the month."),
            ("15 10 L-3,1 * *", "At 10:15 on the 1st and 3 days before the last day of the month."),
            ("0 0 15W * *", "At 00:00 on the weekday (Monday to Friday) nearest to the 15th of the month."),
            ("0 0 LW 6-8 *", "At 00:00 on the last weekday (Monday to Friday) of each month from June to August."),
            ("0 0 * * 5#2", "At 00:00 on the 2nd Friday of the month."),
            ("0 0 * JAN 1L,5#1", "At 00:00 on the 1st Friday and the last Monday of January."),
            ("0 0 ? * 3", "At 00:00 every Wednesday."),
            ("@weekly", "At 00:00 every Sunday."),
            ("*/5 9-17 * * 1-5", "Every 5 minutes from 09:00 to 17:55, Monday to Friday."),
        ]
    )
    func days(expression: String, sentence: String) throws {
        #expect(try CronExpression(expression).sentence == sentence)
    }

    @Test("two day fields of which either is enough")
    func eitherDay() throws {
        #expect(
            try CronExpression("0 0 13 6 5").sentence
                == "At 00:00 on the 13th of June and also every Friday in June. "
                + "Day-of-month and day-of-week are both given: a day that matches either one counts."
        )
    }

    @Test("a star in one of two day fields asks for both")
    func bothDays() throws {
        #expect(
            try CronExpression("0 0 */2 * MON,TUE").sentence
                == "At 00:00 on the 1st, 3rd, 5th, …, 31st of the month, if that is a Monday or a Tuesday. "
                + "One of the two day fields begins with * or ?: a day has to match both."
        )
    }

    @Test("a day field that takes in the other one makes both one")
    func everyDay() throws {
        #expect(try CronExpression("0 0 1-31 * 1").sentence == "At 00:00 every day.")
    }

    @Test("descriptors that name no wall time")
    func descriptors() throws {
        #expect(
            try CronExpression("@every 1h30m").sentence
                == "Every 1h 30m, counted from 1970-01-01T00:00:00Z, whatever the zone."
        )
        #expect(try CronExpression("@reboot").sentence.hasPrefix("Once at each start of the daemon"))
    }

    @Test(
        "ordinals",
        arguments: [
            (1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"), (21, "21st"),
            (22, "22nd"), (23, "23rd"), (31, "31st"),
        ]
    )
    func ordinals(number: Int, text: String) {
        #expect(Wording.ordinal(number) == text)
    }
}
