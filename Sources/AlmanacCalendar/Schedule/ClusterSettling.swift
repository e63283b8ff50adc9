/// Settles the ticks of a schedule in a cluster of transitions, by `spec/occurrences.md` 3.
///
/// All times are those of the zone's table. Occurrences are found one at a time, from a position in their order, so that a gap of a
/// day with a tick every second takes no memory.
struct ClusterSettling {
    let cluster: ZoneCluster
    let ticks: TicksInYears
    let rules: Rules

    /// How a schedule settles ticks.
    struct Rules: Sendable {
        let gap: GapPolicy
        let fold: FoldPolicy
        /// Whether shifts by whole hours are passed by: the hourly rule is on and the expression is hourly.
        let passesWholeHours: Bool

        /// Whether a shift leaves no trace: nothing is made up for, nothing is held back.
        func passes(_ shift: Int64) -> Bool { passesWholeHours && shift % 3600 == 0 }
    }

    /// Everything that is settled at one instant.
    private struct Settlement {
        /// The tick that fires, or `Ticks.noneLater`.
        var fired = Ticks.noneLater
        var firedReason: Occurrence.Reason?
        /// The gap's wall times whose ticks are dst_skipped, as far as this gap is the one that settles them.
        var gap: Range<Int64> = 0..<0
        /// The tick that is held back, later than all of the gap's, or `Ticks.noneLater`.
        var heldBack = Ticks.noneLater
    }

    /// The first occurrence at or after an instant; at the instant itself, the firing only if it `includesFiring`, and the
    /// dst_skipped ones from a tick on.
    func first(
        from instant: Int64,
        includesFiring: Bool,
        skippedFrom tick: Int64,
        firingsOnly: Bool,
        _ month: inout Ticks.Month
    ) -> Occurrence? {
        var instant = instant
        var includesFiring = includesFiring
        var skippedFrom = tick
        var span = cluster.table.span(at: instant)
        while instant < cluster.end {
            let settled = settle(at: instant, span, &month)
            if includesFiring, settled.fired != Ticks.noneLater { return firing(settled, at: instant) }
            if !firingsOnly {
                let skipped = firstGapTick(
                    from: max(settled.gap.lowerBound, skippedFrom),
                    in: settled.gap,
                    span,
                    &month
                )
                if skipped != Ticks.noneLater { return dstSkipped(skipped, .gap, at: instant) }
                if settled.heldBack != Ticks.noneLater, settled.heldBack >= skippedFrom {
                    return dstSkipped(settled.heldBack, .fold, at: instant)
                }
            }
            (includesFiring, skippedFrom) = (true, .min)

            let offset = cluster.table.spanOffsets[span]
            let next = ticks.first(from: instant + 1 + offset, &month)
            instant = next == Ticks.noneLater ? cluster.end : next - offset
            if span < cluster.lastSpan, instant >= cluster.table.spanStarts[span + 1] {
                span += 1
                instant = cluster.table.spanStarts[span]
            }
        }
        return nil
    }

    /// The last occurrence at or before an instant; at the instant itself, the dst_skipped ones only below a tick.
    func last(
        through instant: Int64,
        skippedBelow tick: Int64,
        firingsOnly: Bool,
        _ month: inout Ticks.Month
    ) -> Occurrence? {
        var instant = instant
        var skippedBelow = tick
        var span = cluster.table.span(at: instant)
        while instant >= cluster.start {
            let settled = settle(at: instant, span, &month)
            if !firingsOnly {
                if settled.heldBack != Ticks.noneLater, settled.heldBack < skippedBelow {
                    return dstSkipped(settled.heldBack, .fold, at: instant)
                }
                let skipped = lastGapTick(
                    below: min(settled.gap.upperBound, skippedBelow),
                    in: settled.gap,
                    span,
                    &month
                )
                if skipped != Ticks.noneEarlier { return dstSkipped(skipped, .gap, at: instant) }
            }
            if settled.fired != Ticks.noneLater { return firing(settled, at: instant) }
            skippedBelow = .max

            let start = cluster.table.spanStarts[span]
            if instant == start, span > cluster.firstSpan { span -= 1 }
            let offset = cluster.table.spanOffsets[span]
            let previous = ticks.last(through: instant - 1 + offset, &month)
            let candidate = previous == Ticks.noneEarlier ? cluster.start - 1 : previous - offset
            // The first instant of a span settles the gap before it, whatever tick comes then.
            let isInside = span > cluster.firstSpan && candidate < cluster.table.spanStarts[span]
            instant = isInside ? cluster.table.spanStarts[span] : candidate
        }
        return nil
    }

    // MARK: One instant

    /// What is settled at an instant of a span.
    private func settle(at instant: Int64, _ span: Int, _ month: inout Ticks.Month) -> Settlement {
        var result = Settlement()
        let wall = instant + cluster.table.spanOffsets[span]
        let isTick = ticks.contains(wall, &month)
        if isTick {
            let (fires, isFold) = settleTick(wall, in: span)
            if fires {
                result.fired = wall
                result.firedReason = isFold ? .fold : nil
            } else {
                result.heldBack = wall
            }
        }
        guard span > cluster.firstSpan, instant == cluster.table.spanStarts[span] else { return result }
        let shift = cluster.table.spanOffsets[span] - cluster.table.spanOffsets[span - 1]
        guard shift > 0, !rules.passes(shift) else { return result }
        result.gap = wall - shift..<wall
        if !isTick, rules.gap == .run {
            let earliest = firstGapTick(from: wall - shift, in: result.gap, span, &month)
            if earliest != Ticks.noneLater {
                result.fired = earliest
                result.firedReason = .gap
                result.gap = earliest + 1..<wall
            }
        }
        return result
    }

    /// Whether a tick fires at its instant in a span, and whether the rules about folds said so.
    ///
    /// What counts, where a wall time comes three times or more, is the neighbouring instants.
    private func settleTick(_ wall: Int64, in span: Int) -> (fires: Bool, isFold: Bool) {
        let offsets = cluster.table.spanOffsets
        let near = cluster.spans(near: wall)
        let earlier = (near.lowerBound..<span).last { cluster.span($0, shows: wall) }
        let later = (span + 1..<near.upperBound + 1).first { cluster.span($0, shows: wall) }
        let isHeldBefore = earlier.map { !rules.passes(offsets[span] - offsets[$0]) } ?? false
        let isHeldAfter = later.map { !rules.passes(offsets[$0] - offsets[span]) } ?? false
        let fires =
            switch rules.fold {
            case .first: !isHeldBefore
            case .last: !isHeldAfter
            case .both: true
            }
        return (fires, isHeldBefore || isHeldAfter)
    }

    // MARK: Gaps

    /// The first tick from a wall time on that the gap before a span settles, or `Ticks.noneLater`.
    private func firstGapTick(from wall: Int64, in gap: Range<Int64>, _ span: Int, _ month: inout Ticks.Month) -> Int64
    {
        var wall = wall
        while wall < gap.upperBound {
            let tick = ticks.first(from: wall, &month)
            guard tick < gap.upperBound else { return Ticks.noneLater }
            if cluster.spanAfterGap(holding: tick) == span { return tick }
            wall = tick + 1
        }
        return Ticks.noneLater
    }

    /// The last tick below a wall time that the gap before a span settles, or `Ticks.noneEarlier`.
    private func lastGapTick(below wall: Int64, in gap: Range<Int64>, _ span: Int, _ month: inout Ticks.Month) -> Int64
    {
        var wall = wall
        while wall > gap.lowerBound {
            let tick = ticks.last(through: wall - 1, &month)
            guard tick >= gap.lowerBound else { return Ticks.noneEarlier }
            if cluster.spanAfterGap(holding: tick) == span { return tick }
            wall = tick
        }
        return Ticks.noneEarlier
    }

    // MARK: Answers

    private func firing(_ settled: Settlement, at instant: Int64) -> Occurrence {
        Occurrence(at: instant, tickSeconds: settled.fired, kind: .fire, reason: settled.firedReason)
    }

    private func dstSkipped(_ tick: Int64, _ reason: Occurrence.Reason, at instant: Int64) -> Occurrence {
        Occurrence(at: instant, tickSeconds: tick, kind: .dstSkipped, reason: reason)
    }
}
