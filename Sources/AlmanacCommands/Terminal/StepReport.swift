import AlmanacAPI
import Glibc

/// Tells on standard output what a command has done, as it does it: a line of text a step, or a line of JSON, `{"step":"..."}`.
struct StepReport {
    let json: Bool

    private struct Step: Encodable {
        let step: String
    }

    func say(_ line: String) throws {
        if json { return try print(Step(step: line)) }
        var output = OutputBuffer(descriptor: STDOUT_FILENO)
        output.appendLine(line)
        try output.flush()
    }

    /// Prints a value as a line of JSON.
    func print(_ value: some Encodable) throws {
        var output = OutputBuffer(descriptor: STDOUT_FILENO)
        output.append(json: try WireCoding.encode(value))
        try output.flush()
    }
}
