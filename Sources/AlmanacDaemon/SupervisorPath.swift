import AlmanacRuns

/// Where this program would find `almanac-run`.
///
/// - Throws: an error whose description says where it was looked for.
package func supervisorPath() throws -> String {
    try SupervisorProgram.locate().path
}
