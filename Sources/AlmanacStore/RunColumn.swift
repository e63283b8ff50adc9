import AlmanacCalendar
import AlmanacModel
import FoundationEssentials
import GRDB

/// The columns of the table `run` that this version reads and writes.
enum RunColumn: String, CaseIterable {
    case id
    case taskName = "task_name"
    case status
    case endReason = "end_reason"
    case exitCode = "exit_code"
    case trigger = "triggered_by"
    case createdAt = "created_at"
    case startAt = "start_at"
    case endAt = "end_at"
    case scheduledAt = "scheduled_at"
    case tick
    case zone = "timezone"
    case missedCount = "missed_count"
    case missedUntil = "missed_until"
    case isCatchUp = "catch_up"
    case retryAttempt = "retry_attempt"
    case retryOf = "retry_of_run_id"
    case startAfter = "start_after"
    case externalExecutionID = "external_execution_id"
    case params
    case cpu = "cpu_nanoseconds"
    case maxResidentBytes = "max_rss_bytes"
    case message
    case logBytes = "log_bytes"

    /// All of them, in the order of the cases, for a SELECT.
    static let list = allCases.map { "run.\($0.rawValue)" }.joined(separator: ", ")

    static let insertion = """
        INSERT INTO run (\(allCases.map(\.rawValue).joined(separator: ", ")))
        VALUES (\(allCases.map { _ in "?" }.joined(separator: ", ")))
        """

    /// The columns that a run's state is in.
    static let ofState: [RunColumn] = [
        .status, .endReason, .exitCode, .startAt, .endAt, .cpu, .maxResidentBytes, .message, .logBytes,
    ]

    static let stateUpdate = """
        UPDATE run SET \(ofState.map { "\($0.rawValue) = ?" }.joined(separator: ", ")) WHERE id = ?
        """
}

extension Run {
    /// What goes into a column of the run's row.
    func value(of column: RunColumn) throws -> (any DatabaseValueConvertible)? {
        switch column {
        case .id: id.description
        case .taskName: taskName.storable
        case .status: state.phase.rawValue
        case .endReason: state.end?.reason.rawValue
        case .exitCode: exitCode
        case .trigger: trigger.rawValue
        case .createdAt: createdAt.nanosecondsSinceEpoch
        case .startAt: state.startedAt?.nanosecondsSinceEpoch
        case .endAt: state.end?.at.nanosecondsSinceEpoch
        case .scheduledAt: scheduled?.at.secondsSinceEpoch
        case .tick: scheduled?.tick?.description
        case .zone: scheduled?.zone.name
        case .missedCount: missed?.count
        case .missedUntil: missed?.until.secondsSinceEpoch
        case .isCatchUp: isCatchUp
        case .retryAttempt: retryAttempt
        case .retryOf: retryOf?.description
        case .startAfter: startAfter?.nanosecondsSinceEpoch
        case .externalExecutionID: externalExecutionID?.storable
        case .params: params.isEmpty ? nil : try params.json
        case .cpu: state.end?.usage?.cpu.nanoseconds
        case .maxResidentBytes: state.end?.usage?.maxResidentBytes
        case .message: state.end?.message?.storable
        case .logBytes: state.end?.logBytes
        }
    }

    /// The values of some columns, for a statement's arguments.
    func values(of columns: [RunColumn]) throws -> [(any DatabaseValueConvertible)?] {
        try columns.map { try value(of: $0) }
    }
}

extension String {
    /// The text with U+FFFD for each NUL, at which SQLite's text would end.
    fileprivate var storable: String {
        contains("\0") ? String(String.UnicodeScalarView(unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 })) : self
    }
}

extension [String: String] {
    /// A JSON object, its keys in order.
    fileprivate var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }
}

extension Duration {
    /// Whole nanoseconds, rounded towards zero; clamped to Int64's 292 years.
    fileprivate var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? (seconds < 0 ? .min : .max) : whole + attoseconds / 1_000_000_000
    }
}
