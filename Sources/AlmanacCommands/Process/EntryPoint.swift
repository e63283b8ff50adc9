import ArgumentParser
import Glibc

/// Runs the command that the arguments name; blocks until it has ended.
///
/// - Parameter arguments: without the program's own name.
/// - Returns: the exit code, ``ExitStatus``.
package func runAlmanac(_ arguments: [String]) -> Int32 {
    do {
        var command = try AlmanacCommand.parseAsRoot(LeadingOptions.moved(arguments))
        try command.run()
        return ExitStatus.success
    } catch let failure as CommandFailure {
        if !failure.message.isEmpty { complain(failure.message) }
        return failure.status
    } catch OutputError.readerGone {
        return ExitStatus.failure
    } catch let error as OutputError {
        complain("\(error)")
        return ExitStatus.failure
    } catch {
        return finish(parserError: error)
    }
}

/// Help and version go to standard output; anything else is a wrong command line.
private func finish(parserError error: any Error) -> Int32 {
    let isClean = AlmanacCommand.exitCode(for: error).isSuccess
    var output = OutputBuffer(descriptor: isClean ? STDOUT_FILENO : STDERR_FILENO)
    output.appendLine(AlmanacCommand.fullMessage(for: error))
    try? output.flush()
    return isClean ? ExitStatus.success : ExitStatus.usage
}

/// Tells on standard error why a command has failed.
private func complain(_ message: String) {
    tell("Error: \(message)")
}

/// Prints a line on standard error. That it cannot be written is nothing that could be told.
func tell(_ line: String) {
    var output = OutputBuffer(descriptor: STDERR_FILENO)
    output.appendLine(line)
    try? output.flush()
}
