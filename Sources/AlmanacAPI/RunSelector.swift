/// The body of a bulk operation: which runs it is for.
package struct RunSelector: WireShape, Hashable {
    package static let schemaName = "RunSelector"

    /// The runs by their ids.
    package var ids: [String]?
    /// True for every run that fits the filter, except some.
    package var matchAll: Bool?
    /// Left out; only with `matchAll`.
    package var exceptIDs: [String]?
    /// Only with `matchAll`; nil for all runs.
    package var filter: RunFilterBody?

    package init(
        ids: [String]? = nil,
        matchAll: Bool? = nil,
        exceptIDs: [String]? = nil,
        filter: RunFilterBody? = nil
    ) {
        self.ids = ids
        self.matchAll = matchAll
        self.exceptIDs = exceptIDs
        self.filter = filter
    }

    package enum CodingKeys: String, CodingKey {
        case ids
        case matchAll = "match_all"
        case exceptIDs = "except_ids"
        case filter
    }

    package static var members: [String: WireMember] {
        let list = JSONSchema(["type": ["array", "null"]])
        return [
            "ids": WireMember("The runs by their ids; not with match_all", list, elements: .anyCaseRunID),
            "match_all": "True for every run that fits the filter, those of except_ids left out",
            "except_ids": WireMember("The runs that are left out; with match_all only", list, elements: .anyCaseRunID),
            "filter": "Which runs fit; with match_all only; absent for all",
        ]
    }

    /// Either ids, or everything that fits.
    package static var constraint: JSONSchema? {
        JSONSchema([
            "oneOf": [
                [
                    "required": ["ids"],
                    "properties": [
                        "ids": ["type": "array"], "match_all": ["const": false], "except_ids": ["type": "null"],
                        "filter": false,
                    ],
                ],
                [
                    "required": ["match_all"],
                    "properties": ["match_all": ["const": true], "ids": ["type": "null"]],
                ],
            ]
        ])
    }
}

/// Which runs fit: the names of the query of a list of runs.
package struct RunFilterBody: WireShape, Hashable {
    package static let schemaName = "RunFilter"

    /// A list with commas of phases and end reasons.
    package var status: String?
    package var taskName: String?
    package var triggeredBy: String?
    /// RFC 3339, inclusive.
    package var createdAfter: String?
    /// RFC 3339, inclusive.
    package var createdBefore: String?
    package var exitCodeMin: Int64?
    package var exitCodeMax: Int64?
    package var retriesOnly: Bool?
    package var search: String?

    package init() {}

    package enum CodingKeys: String, CodingKey {
        case status
        case taskName = "task_name"
        case triggeredBy = "triggered_by"
        case createdAfter = "created_after"
        case createdBefore = "created_before"
        case exitCodeMin = "exit_code_min"
        case exitCodeMax = "exit_code_max"
        case retriesOnly = "retries_only"
        case search
    }

    /// The same as the query's.
    package static var members: [String: WireMember] {
        let members = APIOperation.listing.map { ($0.name, WireMember($0.description, $0.schema)) }
        let names: Set<String> = [
            "status", "task_name", "triggered_by", "created_after", "created_before", "exit_code_min", "exit_code_max",
            "retries_only", "search",
        ]
        return Dictionary(members.filter { names.contains($0.0) }) { first, _ in first }
    }
}

/// The answer to a bulk cancel or delete.
package struct BulkAffected: WireObject {
    package static let schemaName = "BulkAffectedBody"

    package var schema: String?
    package var affected: Int64

    package init(affected: Int64) {
        self.affected = affected
    }

    package enum CodingKeys: String, CodingKey {
        case schema = "$schema"
        case affected
    }

    package static var members: [String: WireMember] {
        ["affected": WireMember("How many runs it was done to", JSONSchema(["minimum": 0]))]
    }
}

/// The answer to a bulk rerun.
package struct BulkTriggered: WireObject {
    package static let schemaName = "BulkRerunBody"

    package var schema: String?
    /// One for each task, by name.
    package var triggered: [TriggeredRun]

    package init(triggered: [TriggeredRun]) {
        self.triggered = triggered
    }

    package enum CodingKeys: String, CodingKey {
        case schema = "$schema"
        case triggered
    }

    package static var members: [String: WireMember] {
        ["triggered": "The new runs, one for each task"]
    }
}

/// A run that has been made anew.
package struct TriggeredRun: WireShape, Hashable {
    package static let schemaName = "TriggeredRunRef"

    package var taskName: String
    package var runID: String

    package init(taskName: String, runID: String) {
        self.taskName = taskName
        self.runID = runID
    }

    package enum CodingKeys: String, CodingKey {
        case taskName = "task_name"
        case runID = "run_id"
    }

    package static var members: [String: WireMember] {
        ["task_name": "The name of the task", "run_id": WireMember("The new run", .runID)]
    }
}
