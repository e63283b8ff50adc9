/// Lays out zone data as a ``ZoneTable``: writes the footer's rules out, and finds the calm stretches.
struct ZoneTableBuilder {
    private let data: ZoneData
    private(set) var types: [LocalTimeType] = []
    private(set) var changes: [(at: Int64, type: UInt16)] = []
    private(set) var cycleStart: Int64?
    private(set) var isCyclicBefore = false

    /// Seconds of two leap years, within which every transition of the data has ceased to matter.
    private static let twoYears: Int64 = 2 * 366 * 86_400

    init(_ data: ZoneData) {
        self.data = data
    }

    /// Fills the changes of type, from the data's transitions and then from the footer.
    mutating func build() {
        // Transitions after the year 9999 are left out, and the footer with them: no schedule reaches them. (Zone compilers write
        // none; only made-up files have them.)
        let reachable = data.transitions.prefix { $0.at <= CivilDateTime.maximumSeconds }
        let footer = reachable.count == data.transitions.count ? data.footer : nil

        guard let footer else {
            append(data.types[0], at: ZoneTable.distantPast)
            for transition in reachable { append(data.types[transition.type], at: transition.at) }
            return
        }
        if let last = reachable.last, last.at >= CivilDateTime.minimumSeconds {
            append(data.types[0], at: ZoneTable.distantPast)
            for transition in reachable.dropLast() { append(data.types[transition.type], at: transition.at) }
            appendRules(of: footer, from: last.at)
        } else {
            // The footer rules every year that there is: any 400 years stand for all others.
            isCyclicBefore = footer.daylight != nil
            appendRules(of: footer, from: ZoneTable.distantPast)
        }
    }

    /// Appends what the footer says from an instant on: the type that it gives at that instant, and its changes after it.
    private mutating func appendRules(of footer: POSIXTimeZone, from start: Int64) {
        guard let daylight = footer.daylight else { return append(footer.standard, at: start) }
        let anchor = max(start, 0)
        let isCyclic = start < CivilDateTime.minimumSeconds
        let base = isCyclic ? anchor : start
        let year = UInt32(clamping: CivilDateTime(wallSeconds: base).date.year)
        let (first, changes) = footer.changes(in: max(year, 2) - 1...year + 406)
        var current = first
        var index = 0
        while index < changes.count, changes[index].at <= start {
            current = changes[index].isDaylightSaving
            index += 1
        }
        append(current ? daylight.type : footer.standard, at: start)
        guard index < changes.count else { return }
        cycleStart = base + Self.twoYears
        let end = base + GregorianDay.secondsPerCycle + 2 * Self.twoYears
        while index < changes.count, changes[index].at < end {
            append(changes[index].isDaylightSaving ? daylight.type : footer.standard, at: changes[index].at)
            index += 1
        }
    }

    /// Appends a change, unless the type stays the same.
    private mutating func append(_ type: LocalTimeType, at instant: Int64) {
        let index: Int
        if let known = types.firstIndex(of: type) {
            index = known
        } else {
            index = types.count
            types.append(type)
        }
        // Instants before all that can be asked for count as one.
        let at = max(instant, ZoneTable.distantPast)
        if let last = changes.last {
            if last.type == UInt16(index) { return }
            if last.at == at {
                changes[changes.count - 1].type = UInt16(index)
                return
            }
        }
        changes.append((at, UInt16(index)))
    }

    /// The changes that change the UTC offset, the first span included.
    func spans() -> [(at: Int64, offset: Int64)] {
        var result: [(at: Int64, offset: Int64)] = []
        result.reserveCapacity(changes.count)
        for change in changes {
            let offset = Int64(types[Int(change.type)].offset)
            if result.last?.offset != offset { result.append((change.at, offset)) }
        }
        return result
    }

    /// The calm stretches between the clusters of transitions.
    ///
    /// A transition touches the wall times of its gap or fold and the one that clocks show at its instant, which decides about a
    /// gap's ticks (`spec/occurrences.md` 3.3). Transitions whose wall times overlap or touch make one cluster.
    static func calms(_ spans: [(at: Int64, offset: Int64)]) -> [ZoneTable.Calm] {
        struct Cluster {
            var wallStart: Int64
            var wallEnd: Int64
            var lastSpan: Int
        }
        var clusters: [Cluster] = []
        for index in spans.indices.dropFirst() {
            let before = spans[index].at.addingSaturating(spans[index - 1].offset)
            let after = spans[index].at.addingSaturating(spans[index].offset)
            var cluster = Cluster(wallStart: min(before, after), wallEnd: max(before, after) + 1, lastSpan: index)
            while let last = clusters.last, cluster.wallStart <= last.wallEnd {
                cluster.wallStart = min(cluster.wallStart, last.wallStart)
                cluster.wallEnd = max(cluster.wallEnd, last.wallEnd)
                clusters.removeLast()
            }
            clusters.append(cluster)
        }

        var calms: [ZoneTable.Calm] = []
        calms.reserveCapacity(clusters.count + 1)
        var calm = ZoneTable.Calm(
            wallStart: ZoneTable.distantPast,
            wallEnd: ZoneTable.distantFuture,
            offset: spans[0].offset,
            span: 0
        )
        for cluster in clusters {
            calm.wallEnd = cluster.wallStart
            calms.append(calm)
            calm = ZoneTable.Calm(
                wallStart: cluster.wallEnd,
                wallEnd: ZoneTable.distantFuture,
                offset: spans[cluster.lastSpan].offset,
                span: cluster.lastSpan
            )
        }
        calms.append(calm)
        return calms
    }
}
