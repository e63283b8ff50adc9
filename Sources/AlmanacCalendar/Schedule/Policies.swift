/// What becomes of ticks that lie in a gap (`dst_gap`), unless the hourly rule applies.
public enum GapPolicy: String, Sendable, CaseIterable {
    /// One firing at the gap's end makes up for them, unless a tick at the gap's end does. The default.
    case run
    /// They are dst_skipped.
    case skip
}

/// At which of its instants a tick fires that lies in a fold (`dst_fold`), unless the hourly rule applies.
public enum FoldPolicy: String, Sendable, CaseIterable {
    /// At the first; it is dst_skipped at the later ones. The default.
    case first
    /// At the last; it is dst_skipped at the earlier ones.
    case last
    /// At each.
    case both
}
