/// The exit codes of `almanac`, the same for every command.
///
/// `almanac run --wait` is the exception: where the command of the run ran, its own exit code is passed on.
enum ExitStatus {
    /// It did what was asked.
    static let success: Int32 = 0

    /// What was asked could not be done, or what was checked has faults.
    static let failure: Int32 = 1

    /// The command line, an expression or one of its settings is wrong.
    static let usage: Int32 = 2

    /// Interrupted from the keyboard: 128 and the number of SIGINT.
    static let interrupted: Int32 = 130
}

/// A command's end with something to tell on standard error.
struct CommandFailure: Error, Equatable {
    /// Lines without a last newline; empty where everything has been told already.
    let message: String

    /// Never 0.
    let status: Int32

    init(_ message: String, status: Int32 = ExitStatus.failure) {
        self.message = message
        self.status = status
    }

    /// An end that has nothing more to tell.
    static func silent(status: Int32) -> CommandFailure {
        CommandFailure("", status: status)
    }
}
