/// What has become of a run, read from its folder alone.
package enum RunFolderState: Equatable, Sendable {
    /// The supervisor lives, and is that process.
    case held(supervisorPID: Int32)
    /// The run has ended.
    case finished(RunResult)
    /// No supervisor got as far as starting the command. It may be on its way, if somebody has just spawned it.
    case neverStarted
    /// The command may have been started, and the supervisor is gone without a result, or with one that cannot be read.
    ///
    /// `started` is nil where that file cannot be read. `message` says what could not be read; nil where nothing was wrong but the missing result.
    case crashed(RunStarted?, message: String?)

    /// Looks at the folder.
    ///
    /// A supervisor that ends meanwhile writes its result first and lets go of the lock after that. So a result that is missing counts only if
    /// the lock was free before the look at it; and as one may take the lock, start the command and end between any two looks, both are looked at
    /// again before the run is called crashed.
    ///
    /// Throws where the files cannot be read: then nothing is known.
    package static func inspect(_ folder: RunFolder) throws(RunFileError) -> RunFolderState {
        if let holder = try RunLock.holder(of: folder) { return .held(supervisorPID: holder) }
        if let ended = try ended(folder) { return ended }
        let started: RunStarted?
        var message: String?
        do throws(RunFileError) {
            started = try RunStarted.read(in: folder)
            if started == nil { return .neverStarted }
        } catch {
            guard case .format = error.cause else { throw error }
            started = nil
            message = error.description
        }
        if let holder = try RunLock.holder(of: folder) { return .held(supervisorPID: holder) }
        return try ended(folder) ?? .crashed(started, message: message)
    }

    /// The state that a result gives; nil where there is none.
    private static func ended(_ folder: RunFolder) throws(RunFileError) -> RunFolderState? {
        do throws(RunFileError) {
            return try RunResult.read(in: folder).map(RunFolderState.finished)
        } catch {
            guard case .format = error.cause else { throw error }
            return .crashed(try? RunStarted.read(in: folder), message: error.description)
        }
    }
}
