import AlmanacConfig
import Testing

@Suite("Clock troubles that happened to others do not happen here")
struct ClockTroubleTests {
    @Test(
        "celery 2714: a date that never comes looped for ever, and is a fault of the file",
        arguments: ["0 0 30 2 *", "0 0 31 4,6,9,11 *", "0 0 31 FEB ?", "0 0 0 31 2 ?"]
    )
    func impossibleDate(cron: String) {
        let faults = ConfigurationFixture.faults(
            of: "[tasks.never]\nrun = 'true'\ncron = '\(cron)'\n",
            reader: ConfigurationFixture.reader
        )
        #expect(
            faults == [
                "almanac.toml:3: [tasks.never] cron: the expression never fires: no month that it names has a day that it names"
            ]
        )
    }
}
