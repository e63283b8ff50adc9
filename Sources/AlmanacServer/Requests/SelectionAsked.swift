import AlmanacAPI
import AlmanacModel

/// What a bulk operation's body selects: `{"ids": [...]}`, or `{"match_all": true, "filter": {...}, "except_ids": [...]}`.
struct SelectionAsked: JSONBodyReading {
    static let example = "{\"ids\": [\"01ARZ3NDEKTSV4RRFFQ69G5FAV\"]}"

    private var ids: [RunID]?
    private var matchesAll = false
    private var exceptions: Set<RunID>?
    private var filter: FilterAsked?
    var faults = RequestFaults()

    /// The runs that are meant, where there are no faults.
    var selection: RunSelection {
        mutating get {
            if !faults.isEmpty { return .ids([]) }
            switch (ids, matchesAll) {
            case (let ids?, false):
                if exceptions != nil { faults.add("body.except_ids", "goes with match_all only") }
                if filter != nil { faults.add("body.filter", "goes with match_all only") }
                return .ids(ids)
            case (.some, true):
                faults.add("body.ids", "does not go with match_all")
                return .ids([])
            case (nil, true):
                return .matching(filter?.query ?? RunQuery(), except: exceptions ?? [])
            case (nil, false):
                faults.add("body", "expected ids, or match_all, as in \(Self.example)")
                return .ids([])
            }
        }
    }

    mutating func read(_ name: String, of body: KeyedDecodingContainer<JSONBodyKey>, _ key: JSONBodyKey) {
        switch name {
        case "ids": ids = readIDs(name, of: body, key)
        case "except_ids": exceptions = readIDs(name, of: body, key).map { Set($0) }
        case "match_all":
            if let value = try? body.decode(Bool.self, forKey: key) {
                matchesAll = value
            } else {
                faults.add("body.match_all", "expected true or false", value: body.found(key))
            }
        case "filter":
            if let asked = try? body.decode(FilterAsked.self, forKey: key) {
                filter = asked
                faults.add(contentsOf: asked.faults)
            } else {
                faults.add(
                    "body.filter",
                    "expected an object, as in \(FilterAsked.example)",
                    value: body.found(key)
                )
            }
        default: faults.add("body.\(name)", "is not known; expected one of ids, match_all, except_ids, filter")
        }
    }

    /// - Returns: nil where there is null, as RunWisp's clients may send it.
    private mutating func readIDs(
        _ name: String,
        of body: KeyedDecodingContainer<JSONBodyKey>,
        _ key: JSONBodyKey
    ) -> [RunID]? {
        if (try? body.decodeNil(forKey: key)) == true { return nil }
        guard let values = try? body.decode([JSONValue].self, forKey: key) else {
            faults.add("body.\(name)", "expected an array of ids", value: body.found(key))
            return nil
        }
        var ids: [RunID] = []
        var known: Set<RunID> = []
        for (index, value) in values.enumerated() {
            if case .string(let text) = value, let id = RunID(text) {
                if known.insert(id).inserted { ids.append(id) }
            } else {
                faults.add("body.\(name)[\(index)]", "expected a run's id, a ULID", value: value.isShort ? value : nil)
            }
        }
        return ids
    }
}

/// The filter of a selection: the same names and values as in the query of a list of runs.
struct FilterAsked: JSONBodyReading {
    static let example = "{\"task_name\": \"backup\", \"status\": \"failed\"}"

    private(set) var query = RunQuery()
    var faults = RequestFaults()

    mutating func read(_ name: String, of body: KeyedDecodingContainer<JSONBodyKey>, _ key: JSONBodyKey) {
        let place = "body.filter.\(name)"
        switch name {
        case "status":
            let text = text(place, of: body, key)
            (query.phases, query.endReasons) = QueryReader.statuses(text ?? "", at: place, &faults)
        case "task_name": query.taskName = text(place, of: body, key)
        case "triggered_by":
            guard let text = text(place, of: body, key) else { return }
            query.trigger = Trigger(rawValue: text)
            if query.trigger == nil {
                let words = QueryReader.oneOf(Trigger.allCases.map(\.rawValue))
                faults.add(place, "expected \(words)", value: .string(text))
            }
        case "created_after": query.createdAfter = time(place, of: body, key)
        case "created_before": query.createdBefore = time(place, of: body, key)
        case "exit_code_min": query.exitCodeMin = value(place, "an integer", of: body, key)
        case "exit_code_max": query.exitCodeMax = value(place, "an integer", of: body, key)
        case "retries_only": query.retriesOnly = value(place, "true or false", of: body, key) ?? false
        case "search":
            query.search = text(place, of: body, key)
            if let count = query.search?.unicodeScalars.count, count > RunQuery.longestSearch {
                faults.add(place, "expected at most \(RunQuery.longestSearch) characters")
            }
        default: faults.add(place, "is not known; expected \(QueryReader.oneOf(RunFilterBody.members.keys.sorted()))")
        }
    }

    private mutating func value<Value: Decodable>(
        _ place: String,
        _ expectation: String,
        of body: KeyedDecodingContainer<JSONBodyKey>,
        _ key: JSONBodyKey
    ) -> Value? {
        if let value = try? body.decode(Value.self, forKey: key) { return value }
        faults.add(place, "expected \(expectation)", value: body.found(key))
        return nil
    }

    /// Nil where it is empty, as in a query.
    private mutating func text(
        _ place: String,
        of body: KeyedDecodingContainer<JSONBodyKey>,
        _ key: JSONBodyKey
    ) -> String? {
        let text: String? = value(place, "a text", of: body, key)
        return text?.isEmpty == true ? nil : text
    }

    private mutating func time(
        _ place: String,
        of body: KeyedDecodingContainer<JSONBodyKey>,
        _ key: JSONBodyKey
    ) -> PreciseTimestamp? {
        guard let text: String = value(place, "a time as in 2026-03-29T01:00:00Z", of: body, key) else { return nil }
        if let time = PreciseTimestamp(rfc3339: text) { return time }
        faults.add(place, "expected a time as in 2026-03-29T01:00:00Z", value: .string(text))
        return nil
    }
}
