import AlmanacLinux
import AlmanacModel
import AlmanacRunProtocol
import Logging

extension Dispatcher {
    /// Starts the supervisor of a run that has its place and whose row stands.
    func start(_ id: RunID) {
        guard let (run, task) = unfinished[id].map({ ($0.run, $0.task) }) else {
            preconditionFailure("run \(id) is started but is not unfinished")
        }
        // Stopped while it waited: its end is being recorded, and frees its place.
        guard run.state.end == nil else { return }
        let folder = folder(of: run)
        do {
            try folder.create()
            // Visible is enough: after a power failure a run without `started` gets its spec anew.
            try RunSpec(
                run,
                of: task,
                environment: settings.environment,
                workingDirectory: settings.workingDirectory,
                controlGroup: controlGroup(of: id)
            ).write(in: folder, durability: .atomic)
            let pid = try settings.supervisor.spawn(for: folder)
            try watch(ProcessHandle(pid: pid), of: id)
        } catch {
            end(run, .withoutCommand(.startFailed, at: clock.now, message: "the run could not be started: \(error)"))
            return
        }
        logger.debug("\(run.taskName) run \(id): started")
        record(id, .started(at: clock.now))
    }

    /// Waits for the end of a supervisor.
    func watch(_ process: ProcessHandle, of id: RunID) throws {
        try executor.watch(process.descriptor.number) { [weak self] in
            self?.assumeIsolated { $0.supervisorEnded(id) }
        }
        processes[id] = process
    }

    /// Lets an event happen to a run; it is recorded in order with all others, as soon as the store takes it.
    ///
    /// - Parameter followUp: a run that follows from the event, to be inserted with it.
    func record(_ id: RunID, _ event: RunEvent, followUp: Run? = nil) {
        unfinished[id]?.run.state.handle(event)
        events.record(id, event, followUp: followUp) { [weak self] run in
            self?.assumeIsolated { dispatcher in
                if let run, run.state.end != nil { dispatcher.ended(run) }
                if let followUp { dispatcher.awaitRetry(followUp) }
            }
        }
    }
}
