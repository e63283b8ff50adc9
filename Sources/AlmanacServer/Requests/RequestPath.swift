import AlmanacAPI
import AlmanacModel
import Hummingbird

/// Reads the parts of a request's path that name something.
struct RequestPath {
    let context: APIContext

    /// `taskName`: 1 to 100 characters of `[a-zA-Z0-9._:-]`.
    ///
    /// - Returns: nil, and a fault, for what no task can be called.
    func taskName(_ faults: inout RequestFaults) -> String? {
        let raw = context.parameters["taskName"] ?? ""
        if let name = PercentEncoding.decode(raw), TaskDefinition.isValidName(name) {
            return name
        }
        faults.add(
            "path.taskName",
            "a task's name is 1 to 100 characters of a-z, A-Z, 0-9, '.', '_', ':' and '-'",
            value: .string(PercentEncoding.decode(raw) ?? String(raw))
        )
        return nil
    }

    /// `tokenName`: what a task can be called, a token can be.
    ///
    /// - Returns: nil, and a fault, for what no token can be called.
    func tokenName(_ faults: inout RequestFaults) -> String? {
        let raw = context.parameters["tokenName"] ?? ""
        if let name = PercentEncoding.decode(raw), TaskDefinition.isValidName(name) {
            return name
        }
        faults.add(
            "path.tokenName",
            "a token's name is 1 to 100 characters of a-z, A-Z, 0-9, '.', '_', ':' and '-'",
            value: .string(PercentEncoding.decode(raw) ?? String(raw))
        )
        return nil
    }

    /// `runId`: a ULID.
    ///
    /// - Returns: nil, and a fault, for what no run can be called.
    func runID(_ faults: inout RequestFaults) -> RunID? {
        let raw = context.parameters["runId"] ?? ""
        if let text = PercentEncoding.decode(raw), let id = RunID(text) {
            return id
        }
        faults.add(
            "path.runId",
            "a run's id is a ULID: 26 characters of 0-9 and A-Z without I, L, O and U",
            value: .string(PercentEncoding.decode(raw) ?? String(raw))
        )
        return nil
    }
}
