import AlmanacCalendar
import AlmanacModel
import FoundationEssentials
import GRDB

/// A row of the table `run`, on its way to a `Run`.
///
/// The row is not trusted: a newer version or another hand may have written it.
struct RunRow {
    private let values: [DatabaseValue]

    private static let positions = Dictionary(uniqueKeysWithValues: zip(RunColumn.allCases, 0...))

    /// - Parameter row: selected by `RunColumn.list`.
    init(_ row: Row) {
        values = Array(row.databaseValues)
    }

    /// - Throws: `StoreError.undecodable`, which names the row and the column.
    func run() throws(StoreError) -> Run {
        Run(
            id: try required(.id) { RunID($0) },
            taskName: try required(.taskName) { $0 },
            trigger: try required(.trigger) { Trigger(rawValue: $0) },
            createdAt: PreciseTimestamp(nanosecondsSinceEpoch: try required(.createdAt)),
            state: try state(),
            scheduled: try scheduled(),
            missed: try missed(),
            isCatchUp: try required(.isCatchUp) != 0,
            retryAttempt: try required(.retryAttempt) { Int(exactly: $0) },
            retryOf: try optional(.retryOf) { RunID($0) },
            startAfter: try optional(.startAfter).map(PreciseTimestamp.init(nanosecondsSinceEpoch:)),
            externalExecutionID: try optional(.externalExecutionID) { $0 },
            params: try optional(.params) { try? JSONDecoder().decode([String: String].self, from: Data($0.utf8)) }
                ?? [:]
        )
    }

    private func state() throws(StoreError) -> RunState {
        switch try required(.status, { RunState.Phase(rawValue: $0) }) {
        case .pending: .pending
        case .running: .running(startedAt: PreciseTimestamp(nanosecondsSinceEpoch: try required(.startAt)))
        case .ended: .ended(try end())
        }
    }

    private func end() throws(StoreError) -> RunEnd {
        var usage: ResourceUsage?
        if let cpu = try optional(.cpu) {
            usage = ResourceUsage(cpu: .nanoseconds(cpu), maxResidentBytes: try required(.maxResidentBytes))
        }
        return RunEnd(
            reason: try required(.endReason) { EndReason(rawValue: $0) },
            exitCode: try required(.exitCode),
            at: PreciseTimestamp(nanosecondsSinceEpoch: try required(.endAt)),
            startedAt: try optional(.startAt).map(PreciseTimestamp.init(nanosecondsSinceEpoch:)),
            message: try optional(.message) { $0 },
            usage: usage,
            logBytes: try optional(.logBytes)
        )
    }

    private func scheduled() throws(StoreError) -> ScheduledTick? {
        guard let at = try optional(.scheduledAt) else { return nil }
        return ScheduledTick(
            at: Timestamp(secondsSinceEpoch: at),
            tick: try optional(.tick) { CivilDateTime($0) },
            zone: ZoneID(try required(.zone) { $0 })
        )
    }

    private func missed() throws(StoreError) -> MissedStretch? {
        guard try optional(.missedCount) != nil else { return nil }
        return MissedStretch(
            count: try required(.missedCount) { Int(exactly: $0) },
            until: Timestamp(secondsSinceEpoch: try required(.missedUntil))
        )
    }

    // MARK: One column

    private func optional(_ column: RunColumn) throws(StoreError) -> Int64? {
        switch value(column).storage {
        case .null: nil
        case .int64(let number): number
        case .double, .string, .blob: throw undecodable(column)
        }
    }

    private func optional<Value>(_ column: RunColumn, _ decode: (String) -> Value?) throws(StoreError) -> Value? {
        switch value(column).storage {
        case .null: return nil
        case .string(let text):
            guard let value = decode(text) else { throw undecodable(column) }
            return value
        case .int64, .double, .blob: throw undecodable(column)
        }
    }

    private func required(_ column: RunColumn) throws(StoreError) -> Int64 {
        guard let number = try optional(column) else { throw undecodable(column) }
        return number
    }

    private func required<Value>(_ column: RunColumn, _ decode: (Int64) -> Value?) throws(StoreError) -> Value {
        guard let value = decode(try required(column)) else { throw undecodable(column) }
        return value
    }

    private func required<Value>(_ column: RunColumn, _ decode: (String) -> Value?) throws(StoreError) -> Value {
        guard let value = try optional(column, decode) else { throw undecodable(column) }
        return value
    }

    private func value(_ column: RunColumn) -> DatabaseValue {
        guard let position = Self.positions[column], values.indices.contains(position) else {
            preconditionFailure("the row was selected without the column \(column.rawValue)")
        }
        return values[position]
    }

    private func undecodable(_ column: RunColumn) -> StoreError {
        .undecodable(
            table: "run",
            row: value(.id).description,
            column: column.rawValue,
            found: value(column).description
        )
    }
}
