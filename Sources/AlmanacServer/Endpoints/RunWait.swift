import AlmanacModel
import NIOCore

/// Holds an answer until a run has ended, or nobody waits for it any more.
struct RunWait: Sendable {
    let control: any RunControl
    let store: any RunStore
    let goingDown: OneShotSignal

    /// Waits for a run's own end.
    ///
    /// It gives up when the time is over, when the client hangs up, when the daemon goes down and when the calling task
    /// is cancelled. The run goes on in any case.
    ///
    /// - Returns: the run as it stands.
    func end(of run: Run, within limit: TimeAmount, for connection: ClientConnection) async throws -> Run {
        guard run.state.end == nil else { return run }
        let id = run.id
        let waiting = Task { try await control.end(of: id) }
        // A timer of the event loop, since Swift's own wakes the process once a second from its first use on.
        let timer = connection.eventLoop.scheduleTask(in: limit) { waiting.cancel() }
        let hangUp = connection.hangUp.whenFired { waiting.cancel() }
        let shutdown = goingDown.whenFired { waiting.cancel() }
        defer {
            timer.cancel()
            connection.hangUp.forget(hangUp)
            goingDown.forget(shutdown)
        }
        let ended = try await withTaskCancellationHandler {
            try await waiting.value
        } onCancel: {
            waiting.cancel()
        }
        if let ended { return ended }
        return try await store.run(id) ?? run
    }
}
