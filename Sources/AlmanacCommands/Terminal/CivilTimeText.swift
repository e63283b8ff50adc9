import AlmanacCalendar

extension CivilTime {
    /// `02:30`, with seconds only where there are some: how people write a time of day.
    var short: String {
        let text = description
        return second == 0 ? String(text.dropLast(3)) : text
    }
}

extension Sequence where Element == String {
    /// `02:15`, `02:15 and 02:30`, `02:15, 02:30 and 02:45`.
    var listed: String {
        let all = Array(self)
        guard all.count > 1 else { return all.first ?? "" }
        return all.dropLast().joined(separator: ", ") + " and " + all[all.count - 1]
    }
}
