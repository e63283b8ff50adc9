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
        expectMail(of: run, task)
        do {
            try folder.create()
            // Visible is enough: after a power failure a run without `started` gets its spec anew.
            var spec = RunSpec(
                run,
                of: task,
                environment: settings.environment,
                workingDirectory: settings.workingDirectory,
                login: settings.login,
                controlGroup: controlGroup(of: id)
            )
            spec.openFiles = settings.openFiles
            spec.commandEndPath = commandEndPath(of: run, task)
            try spec.write(in: folder, durability: .atomic)
            let pid = try settings.supervisor.spawn(for: folder)
            supervisors[pid] = id
            watchSpawned(run, pid)
        } catch {
            let message = "the run could not be started: \(Self.explain(error))"
            return end(run, .withoutCommand(.startFailed, at: clock.now, message: message))
        }
        logger.log(.runStarted, of: run, .info, "started")
        record(id, .started(at: clock.now))
    }

    /// The error in words, with what to do about it.
    private static func explain(_ error: any Error) -> String {
        switch error {
        case let error as SystemError:
            "cannot \(error.call) \(error.subject ?? ""): \(AlmanacRunProtocol.explain(errno: error.errno))"
        case let error as RunFileError:
            error.errno.map { "\(error.path): \(AlmanacRunProtocol.explain(errno: $0))" } ?? "\(error)"
        default: "\(error)"
        }
    }

    /// Waits for the end of a supervisor.
    func watch(_ process: ProcessHandle, of id: RunID) throws {
        try executor.watch(process.descriptor.number) { [weak self] in
            self?.assumeIsolated { $0.supervisorEnded(id) }
        }
        processes[id] = process
        unwatched[id] = nil
    }

    /// Lets an event happen to a run; it is recorded in order with all others, as soon as the store takes it.
    ///
    /// - Parameter followUp: a run that follows from the event, to be inserted with it.
    func record(_ id: RunID, _ event: RunEvent, followUp: Run? = nil) {
        if let run = unfinished[id]?.run, unfinished[id]?.run.state.handle(event) != true {
            logger.error("\(run.taskName) run \(id) is \(run.state.phase): \(event.name) is refused")
            return
        }
        events.record(id, event, followUp: followUp) { [weak self] run in
            self?.assumeIsolated { dispatcher in
                if let run { dispatcher.recorded(event, of: run) }
                if let followUp { dispatcher.awaitRetry(followUp) }
            }
        }
    }

    /// An event stands; others of the run may stand with it.
    private func recorded(_ event: RunEvent, of run: Run) {
        switch event {
        case .started: metrics.noteStart(of: run)
        case .ended: ended(run)
        }
    }
}
