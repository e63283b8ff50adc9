/// Says how long to wait before changes on disk are looked at: hardly at all for one, longer and longer while they go on.
///
/// A file that is replaced ten times a second is so looked at every second, and its last contents are.
struct ChangePace {
    private var lastLook: Duration?
    private var wait = shortest

    static let shortest = Duration.milliseconds(50)
    static let longest = Duration.seconds(1)

    /// Takes a change.
    ///
    /// - Parameter now: on a clock that nobody sets.
    /// - Returns: after how long to look.
    mutating func change(at now: Duration) -> Duration {
        let isCalm = lastLook.map { now - $0 >= Self.longest * 2 } ?? true
        wait = isCalm ? Self.shortest : min(wait * 2, Self.longest)
        lastLook = now + wait
        return wait
    }
}
