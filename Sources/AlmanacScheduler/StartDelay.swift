import AlmanacModel

/// By how much a task's starts are delayed: its share of the jitter, always the same for the same name.
enum StartDelay {
    /// Whole seconds from 0 up to, not including, the jitter; 0 for a jitter of less than a second.
    ///
    /// - Parameter seed: what tells this daemon from others, so that hosts with the same tasks differ.
    static func seconds(ofTask name: String, seed: String, jitter: Duration) -> Int64 {
        let range = jitter.components.seconds
        guard range > 1 else { return 0 }
        // The high half of the product spreads the hash over the range evenly.
        return Int64(StableHash(seed, name).value.multipliedFullWidth(by: UInt64(range)).high)
    }
}
