/// One or more neighbouring transitions, with all the wall times that their gaps and folds touch.
///
/// All times are those of the table. A wall time of the cluster has instants in the cluster alone; nearly always it is a single
/// transition between two spans.
struct ZoneCluster {
    let table: ZoneTable

    /// The span of the calm stretch before the cluster.
    let firstSpan: Int

    /// The span of the calm stretch after the cluster.
    let lastSpan: Int

    /// The cluster's first instant.
    let start: Int64

    /// The instant after the cluster.
    let end: Int64

    /// The cluster between the place's calm stretch and the next one, which exists.
    @inline(__always)
    init(table: ZoneTable, after place: ZoneTable.Place) {
        self.table = table
        let before = table.calms[place.index]
        let after = table.calms[place.index + 1]
        firstSpan = before.span
        lastSpan = after.span
        start = before.wallEnd - before.offset
        end = after.wallStart - after.offset
    }

    /// Whether the span's clocks show the wall time.
    @inline(__always)
    func span(_ span: Int, shows wall: Int64) -> Bool {
        let instant = wall - table.spanOffsets[span]
        return (span == firstSpan || instant >= table.spanStarts[span])
            && (span == lastSpan || instant < table.spanStarts[span + 1])
    }

    /// The spans that can show a wall time, and those after transitions that can jump over it.
    ///
    /// Offsets are bounded, so in a long chain of transitions only the near ones need a look.
    func spans(near wall: Int64) -> ClosedRange<Int> {
        if lastSpan - firstSpan <= 8 { return firstSpan...lastSpan }
        let low = table.spanStarts.lastIndex(notAfter: wall - UTCOffset.validSeconds.upperBound)
        let high = table.spanStarts.lastIndex(notAfter: wall - UTCOffset.validSeconds.lowerBound)
        return max(low, firstSpan)...max(min(high, lastSpan), firstSpan)
    }

    /// The instants of a wall time, ascending.
    func instants(of wall: Int64) -> [Int64] {
        spans(near: wall).filter { span($0, shows: wall) }.map { wall - table.spanOffsets[$0] }
    }

    /// The span after the gap that holds the wall time, that is, after the first transition that jumps over it; nil where an
    /// instant has the wall time.
    func spanAfterGap(holding wall: Int64) -> Int? {
        let near = spans(near: wall)
        for span in near where self.span(span, shows: wall) { return nil }
        for span in near where span > firstSpan {
            let start = table.spanStarts[span]
            if start + table.spanOffsets[span - 1] <= wall, wall < start + table.spanOffsets[span] { return span }
        }
        return nil
    }
}
