/// What is measured: the metrics of one name, which differ by their labels.
package struct MetricFamily: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// What only grows, until the daemon starts again.
        case counter
        /// What goes up and down.
        case gauge
        /// Durations by their lengths: the upper bounds of its buckets in seconds, inclusive and ascending, without the last one,
        /// which has none.
        case histogram([Double])
        /// Facts in labels; its value is 1.
        case info
    }

    /// Without the suffixes that the formats add: `almanac_runs_ended` is written as `almanac_runs_ended_total`.
    package var name: String
    package var kind: Kind
    package var help: String

    package init(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        self.kind = kind
        self.help = help
    }
}
