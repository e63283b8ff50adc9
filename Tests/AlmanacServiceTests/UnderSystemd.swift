import AlmanacTesting
import Testing

extension Trait where Self == ConditionTrait {
    /// Skips, and says why, where no systemd can be booted.
    static var underSystemd: Self {
        .enabled(if: SystemdBox.obstacle == nil, Comment(rawValue: SystemdBox.obstacle ?? ""))
    }
}
