/// A schedule's occurrences in a range of instants, in order, each found when it is asked for.
///
/// A copy starts from where the original stands. Nothing is allocated on the way.
public struct Occurrences: Sequence, IteratorProtocol, Sendable {
    var walk: ForwardWalk

    /// The next occurrence in order; nil at the range's end.
    public mutating func next() -> Occurrence? {
        walk.next()
    }
}

/// A schedule's occurrences in a range of instants, last one first, each found when it is asked for.
///
/// The order is exactly the reverse of ``Occurrences``'.
public struct BackwardOccurrences: Sequence, IteratorProtocol, Sendable {
    var walk: BackwardWalk

    /// The occurrence before the one that was given last; nil at the range's start.
    public mutating func next() -> Occurrence? {
        walk.next()
    }
}
