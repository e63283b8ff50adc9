/// What runs are made for firings that nobody was there for.
package enum CatchUpPolicy: String, Sendable, CaseIterable {
    /// One, for the latest.
    case latest
    /// One for each, the oldest first, up to a limit; the latest ones where there are more.
    case all
    /// None.
    case skip
}
