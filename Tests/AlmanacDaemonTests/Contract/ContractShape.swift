import AlmanacAPI
import AlmanacCalendar
import Testing

/// The members of an object, as spec/api.md lists them: those that are marked with `!`, and the others.
struct ContractShape: Sendable {
    enum Kind: Sendable {
        case text, integer, number, truth, list, object
        /// RFC 3339 in UTC.
        case time
        /// A ULID.
        case id
    }

    var required: [String: Kind]
    var optional: [String: Kind] = [:]
    /// Whether the contract names all members.
    var isClosed = true

    /// Expects all required members, each of its type, and nothing that has no value.
    func check(_ value: JSONValue?, _ location: SourceLocation = #_sourceLocation) {
        guard case .object(let members) = value else {
            Issue.record("no object: \(String(describing: value))", sourceLocation: location)
            return
        }
        let known = required.merging(optional) { first, _ in first }
        for name in required.keys where members[name] == nil {
            Issue.record("\(name) is missing: \(members)", sourceLocation: location)
        }
        for (name, value) in members where name != "$schema" {
            if let kind = known[name] {
                #expect(kind.fits(value), "\(name) is \(value)", sourceLocation: location)
            } else {
                #expect(!isClosed, "\(name) is not in the contract", sourceLocation: location)
                #expect(value != .null, "\(name) is null", sourceLocation: location)
            }
        }
    }

    static let run = ContractShape(
        required: [
            "id": .id, "task_name": .text, "status": .text, "exit_code": .integer, "triggered_by": .text,
            "created_at": .time, "retry_attempt": .integer, "instance_index": .integer,
        ],
        optional: [
            "end_reason": .text, "start_at": .time, "end_at": .time, "retry_of_run_id": .id,
            "external_execution_id": .text, "params": .object, "scheduled_at": .time, "tick": .text, "timezone": .text,
            "missed_count": .integer, "missed_until": .time, "catch_up": .truth, "cpu_seconds": .number,
            "max_rss_bytes": .integer, "message": .text,
        ]
    )

    static let runPage = ContractShape(required: ["runs": .list, "total": .integer])

    static let task = ContractShape(
        required: ["name": .text, "api_trigger": .truth],
        optional: [
            "kind": .text, "group": .text, "description": .text, "cron": .text, "timezone": .text, "next_run_at": .time,
            "on_overlap": .text, "max_concurrent": .integer, "queue_max": .integer, "catch_up": .text,
            "max_catch_up_runs": .integer, "run_on_start": .truth, "retry_attempts": .integer, "retry_backoff": .text,
            "timeout": .integer, "graceful_stop": .integer, "jitter": .integer, "retry_delay": .integer,
            "keep_for": .integer, "exit_codes": .list, "stop_signal": .text, "working_dir": .text, "shell": .text,
            "umask": .text, "user": .text, "env": .object, "env_file": .text, "secrets_file": .text,
            "log_max_size": .integer, "log_on_full": .text, "keep_runs": .integer, "parameters": .list,
        ],
        isClosed: false
    )

    static let parameter = ContractShape(
        required: ["kind": .text, "key": .text],
        optional: [
            "type": .text, "default": .text, "choices": .list, "allow_custom": .truth, "description": .text,
            "required": .truth,
        ]
    )

    static let occurrence = ContractShape(
        required: ["at": .time, "local": .text, "kind": .text],
        optional: ["tick": .text, "reason": .text]
    )

    static let info = ContractShape(
        required: [
            "version": .text, "port": .integer, "resolved_timezone": .text, "timezone_source": .text,
            "config_loaded_at": .time, "config_stale": .truth, "tasks": .list, "capabilities": .list,
            "fingerprint": .text, "cloud_enabled": .truth, "scheduling_active": .truth, "service_managed": .truth,
            "auth_disabled": .truth,
        ],
        isClosed: false
    )

    static let summary = ContractShape(
        required: ["total": .integer, "success": .integer, "failed": .integer, "missed": .integer],
        optional: ["last_failure": .time]
    )

    static let logPage = ContractShape(
        required: [
            "lines": .list, "first_available": .integer, "total_lines": .integer, "truncated": .truth,
            "finalized": .truth,
        ]
    )

    static let logLine = ContractShape(
        required: ["n": .integer, "ts": .integer, "stream": .text, "text": .text],
        optional: ["continued": .truth, "partial": .truth]
    )

    static let search = ContractShape(
        required: ["hits": .list, "exhausted": .truth, "scanned_runs": .integer],
        optional: ["next_cursor": .text]
    )

    static let reload = ContractShape(required: ["added": .list, "removed": .list, "changed": .list], isClosed: false)

    static let problem = ContractShape(
        required: ["type": .text, "title": .text, "status": .integer],
        optional: ["detail": .text, "instance": .text, "errors": .list]
    )

    static let fault = ContractShape(required: ["location": .text, "message": .text], isClosed: false)
}

extension ContractShape.Kind {
    fileprivate func fits(_ value: JSONValue) -> Bool {
        switch (self, value) {
        case (.text, .string), (.integer, .integer), (.number, .integer), (.number, .number), (.truth, .bool),
            (.list, .array), (.object, .object):
            true
        case (.time, .string(let text)): text.hasSuffix("Z") && Timestamp(rfc3339: text) != nil
        case (.id, .string(let text)): text.wholeMatch(of: /[0-7][0-9A-HJKMNP-TV-Z]{25}/) != nil
        default: false
        }
    }
}

extension ContractAnswer {
    /// The body as JSON, of the status and the type that are expected.
    func json(_ status: Int = 200, _ location: SourceLocation = #_sourceLocation) throws -> JSONValue {
        try #require(self.status == status, "\(request): \(self.status) \(text)", sourceLocation: location)
        #expect(type == "application/json", "\(request)", sourceLocation: location)
        return try WireCoding.decode(JSONValue.self, from: body)
    }

    /// The same for an object, whose members are checked.
    func object(
        _ shape: ContractShape,
        _ status: Int = 200,
        _ location: SourceLocation = #_sourceLocation
    ) throws -> JSONValue {
        let value = try json(status, location)
        shape.check(value, location)
        return value
    }

    /// Expects a refusal, as a problem with an entry for each fault, in any order.
    func refused(_ status: Int, _ locations: String..., location: SourceLocation = #_sourceLocation) {
        guard self.status == status, type == "application/problem+json" else {
            Issue.record("\(request): \(self.status) and not \(status): \(text)", sourceLocation: location)
            return
        }
        let problem = try? WireCoding.decode(JSONValue.self, from: body)
        ContractShape.problem.check(problem, location)
        #expect(problem?["status"] == .integer(Int64(self.status)), "\(request)", sourceLocation: location)
        #expect(problem?["type"] == "about:blank", "\(request)", sourceLocation: location)
        let faults = problem?["errors"]?.elements ?? []
        for fault in faults { ContractShape.fault.check(fault, location) }
        #expect(
            faults.compactMap { $0["location"]?.text }.sorted() == locations.sorted(),
            "\(request): \(text)",
            sourceLocation: location
        )
    }
}

extension JSONValue {
    subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    var number: Int64? {
        guard case .integer(let number) = self else { return nil }
        return number
    }

    /// Empty for what is no array.
    var elements: [JSONValue] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }

    /// The same without its address of a schema, as it stands within others.
    var bare: JSONValue {
        guard case .object(var members) = self else { return self }
        members["$schema"] = nil
        return .object(members)
    }
}
