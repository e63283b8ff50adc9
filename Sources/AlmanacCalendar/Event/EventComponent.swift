/// One item of a list in a calendar event: `a`, `a/n`, `a..b` or `a..b/n`.
struct EventComponent: Equatable {
    var first: Int
    /// Nil where the text has no end of a range.
    var last: Int?
    /// 0 for a single value.
    var step: Int

    /// The form that systemd compares and prints: a range ends with a value that its step reaches, and one of a single value is
    /// none.
    var normalized: EventComponent {
        var result = self
        guard var last else { return result }
        if last > first, step > 0 { last -= (last - first) % step }
        result.last = last
        if last == first {
            result.last = nil
            result.step = 0
        }
        return result
    }

    /// The values that it stands for, none of them past the end of its range.
    ///
    /// Days counted from the month's end run towards that end: from `~07` with a step of 1 to the last day.
    func values(of syntax: EventFieldSyntax) -> StrideThrough<Int> {
        guard step > 0 else { return stride(from: first, through: first, by: 1) }
        if syntax.isFromLast, last == nil { return stride(from: first, through: syntax.range.lowerBound, by: -step) }
        return stride(from: first, through: last ?? syntax.range.upperBound, by: step)
    }

    /// The item in the normalized form.
    func text(width: Int) -> String {
        var text = Self.padded(first, width)
        if let last { text += ".." + Self.padded(last, width) }
        return step > 0 && !(last != nil && step == 1) ? "\(text)/\(step)" : text
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

extension EventComponent: Comparable {
    static func < (left: EventComponent, right: EventComponent) -> Bool {
        (left.first, left.last ?? -1, left.step) < (right.first, right.last ?? -1, right.step)
    }
}

/// A list of items in its normalized form: in order, each once.
struct EventChain: Equatable {
    /// Empty for `*`.
    var components: [EventComponent] = []

    /// `*`.
    static let any = EventChain()

    var isAny: Bool { components.isEmpty }

    /// One value.
    init(_ value: Int) {
        components = [EventComponent(first: value, last: nil, step: 0)]
    }

    init(_ components: [EventComponent] = []) {
        self.components = []
        for component in components.sorted() where self.components.last != component {
            self.components.append(component)
        }
    }

    /// The values as bits, all of them for `*`.
    func bits(of syntax: EventFieldSyntax) -> UInt64 {
        if isAny { return syntax.range.reduce(0) { $0 | 1 << UInt64($1) } }
        return components.reduce(0) { bits, component in
            component.values(of: syntax).reduce(bits) { $0 | 1 << UInt64($1) }
        }
    }

    /// The years; nil for `*`.
    var years: YearSet? {
        if isAny { return nil }
        var years = YearSet()
        for component in components {
            for year in component.values(of: .year) { years.insert(year) }
        }
        return years
    }

    func text(of syntax: EventFieldSyntax) -> String {
        isAny ? "*" : components.map { $0.text(width: syntax.width) }.joined(separator: ",")
    }
}
