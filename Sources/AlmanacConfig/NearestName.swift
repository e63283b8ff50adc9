/// Finds the name that somebody most likely meant.
enum NearestName {
    /// The known name nearest to a mistyped one, by the number of letters inserted, left out, changed or swapped
    /// with their neighbour; letter case and `-` for `_` count for nothing.
    ///
    /// - Returns: nil where none is near: one slip in names of up to four letters, two in longer ones. Of equally
    ///   near ones the first.
    static func nearest(to name: String, among known: some Sequence<String>) -> String? {
        let wanted = folded(name)
        // A name this long is nobody's slip of the pen.
        guard wanted.count <= 100 else { return nil }
        var best: (name: String, distance: Int)?
        for candidate in known {
            let letters = folded(candidate)
            let limit = min(wanted.count, letters.count) <= 4 ? 1 : 2
            guard abs(wanted.count - letters.count) <= limit else { continue }
            let distance = distance(from: wanted, to: letters)
            if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.name
    }

    private static func folded(_ name: String) -> [Unicode.Scalar] {
        name.lowercased().unicodeScalars.map { $0 == "-" ? "_" : $0 }
    }

    /// The edit distance with neighbour swaps (optimal string alignment).
    private static func distance(from a: [Unicode.Scalar], to b: [Unicode.Scalar]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var cost = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    cost = min(cost, beforeLast[j - 1] + 1)
                }
                row.append(cost)
            }
            (beforeLast, last) = (last, row)
        }
        return last[b.count]
    }
}
