import AlmanacModel
import Hummingbird

extension RunQuery {
    /// In characters.
    static let longestSearch = 1024

    /// Reads what a list of runs can be asked for.
    init(_ query: inout QueryReader) {
        self.init()
        if let limit = query.integer("limit", in: 1...1000) { self.limit = Int(limit) }
        // No list is that long; what is added to it must not overflow.
        if let offset = query.integer("offset", in: 0...Int64.max) { self.offset = Int(min(offset, 1 << 62)) }
        (phases, endReasons) = query.statuses("status")
        taskName = query.text("task_name")
        trigger = query.choice("triggered_by", Trigger.self)
        createdAfter = query.time("created_after")
        createdBefore = query.time("created_before")
        exitCodeMin = query.integer("exit_code_min", in: Int64.min...Int64.max)
        exitCodeMax = query.integer("exit_code_max", in: Int64.min...Int64.max)
        retriesOnly = query.boolean("retries_only") ?? false
        sortField = query.choice("sort_field", SortField.self) ?? .createdAt
        sortDirection = query.choice("sort_direction", SortDirection.self) ?? .descending
        search = query.text("search", upTo: Self.longestSearch)
    }
}
