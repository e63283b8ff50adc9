/// Which values a field of a crontab names, by cron's rules as crontab(5) and entry.c tell them: slow, and without any code of the project.
struct FieldRule {
    let range: ClosedRange<Int>
    let names: [String]

    /// Nil for a text that cron refuses.
    func values(of text: String) -> Set<Int>? {
        let item =
            /\*(?:\/(?<starStep>[0-9A-Za-z]+))?|(?<first>[0-9A-Za-z]+)(?:-(?<last>[0-9A-Za-z]+)(?:\/(?<step>[0-9A-Za-z]+))?)?/
        var values: Set<Int> = []
        var rest = Substring(text)
        while true {
            guard let match = rest.prefixMatch(of: item) else { return nil }
            rest = rest[match.range.upperBound...]
            var (first, last) = (range.lowerBound, range.upperBound)
            if let text = match.output.first {
                guard let value = number(text, names) else { return nil }
                first = value
                last = value
                if let text = match.output.last {
                    guard let value = number(text, names) else { return nil }
                    last = value
                }
            }
            var step = 1
            if let text = match.output.starStep ?? match.output.step {
                // The counting has 32 bits too.
                guard let value = number(text, []), value > 0, first > last || first + value < 1 << 31 else {
                    return nil
                }
                step = value
            }
            guard range.contains(first), range.contains(last) else { return nil }
            values.formUnion(range.filter { $0 >= first && $0 <= last && ($0 - first) % step == 0 })
            // What is left over may be anything but the beginning of something that belongs to the item.
            let isRange = match.output.first == nil || match.output.last != nil
            let hasStep = match.output.starStep != nil || match.output.step != nil
            if rest.hasPrefix("/"), !hasStep { return nil }
            if rest.hasPrefix("-"), !isRange { return nil }
            guard rest.hasPrefix(",") else { return values }
            rest = rest.dropFirst()
        }
    }

    private func number(_ text: Substring, _ names: [String]) -> Int? {
        if let index = names.firstIndex(of: text.lowercased()) { return range.lowerBound + index }
        guard text.allSatisfy({ ("0"..."9").contains($0) }) else { return nil }
        // A long, at most its largest, of which the low 32 bits count.
        return Int(Int32(truncatingIfNeeded: Int(text) ?? .max))
    }
}
