extension VirtualMachineTests {
    /// Tasks of all sorts, in zones that change at 01:00Z of those nights by an hour (Berlin, London, Nuuk) and by two (Troll), and in
    /// some that do not.
    static let configuration = """
        [scheduler]
        timezone = "Europe/Berlin"

        """
        + [
            ("every-minute", "* * * * *", nil),
            ("every-five-minutes", "*/5 * * * *", nil),
            ("every-ten-seconds", "*/10 0,30,59 * * * *", nil),
            ("every-hour", "@hourly", nil),
            ("every-seven-minutes", "@every 7m", nil),
            ("half-past-two", "30 2 * * *", nil),
            ("twice-at-night", "0,30 2 * * *", nil),
            ("quarters-at-night", "*/15 2 * * *", nil),
            ("seconds-at-night", "*/20 45 2 * * *", nil),
            ("two-and-three", "0 2,3 * * *", nil),
            ("every-other-hour", "0 */2 * * *", nil),
            ("last-sunday", "30 2 * * SUNL", nil),
            ("noon", "0 12 * * *", nil),
            ("london-half-past-one", "30 1 * * *", "Europe/London"),
            ("london-from-one-to-two", "*/20 1-2 * * *", "Europe/London"),
            ("london-every-twenty-minutes", "*/20 * * * *", "Europe/London"),
            ("nuuk-before-midnight", "30 22,23 * * *", "America/Nuuk"),
            ("troll-two-hours", "15,45 1,2 * * *", "Antarctica/Troll"),
            ("utc", "0,30 1 * * *", "UTC"),
            ("kathmandu", "0,15,30 6-7 * * *", "Asia/Kathmandu"),
            ("new-york", "*/30 * * * *", "America/New_York"),
        ].map { (name: String, cron: String, zone: String?) in
            """
            [tasks.\(name)]
            cron = "\(cron)"
            run = "true"
            \(zone.map { "timezone = \"\($0)\"" } ?? "")

            """
        }.joined()
}
