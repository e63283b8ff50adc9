/// The part of a minute in which cron and the daemon can change places: the minute's jobs have been started, and the next minute is far.
enum HandoverWindow {
    /// In seconds of the minute.
    static let seconds: ClosedRange<Int64> = 5...40

    /// How long to wait from an instant until the next window, in seconds; 0 within one.
    ///
    /// cron goes by the minutes of wall time, which begin with those of UTC: no zone of these days has an offset with seconds.
    static func wait(from secondsSinceEpoch: Int64) -> Int64 {
        let second = ((secondsSinceEpoch % 60) + 60) % 60
        if seconds.contains(second) { return 0 }
        return second < seconds.lowerBound ? seconds.lowerBound - second : 60 - second + seconds.lowerBound
    }
}
