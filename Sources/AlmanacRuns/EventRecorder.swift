import AlmanacLinux
import AlmanacModel
import Logging

/// Brings the events of runs into the store: in order, many at a time, and again and again where the store refuses.
///
/// It belongs to the dispatcher and lives on its executor. What it has not recorded yet is in the runs' folders, so
/// that a daemon that dies loses nothing by it.
actor EventRecorder {
    private struct Item {
        var id: RunID
        var event: RunEvent
        var followUp: Run?
        var recorded: @Sendable (Run?) -> Void
    }

    private let store: any RunStore
    private let workingFiles: WorkingFiles
    private let executor: PollingExecutor
    private let retry: Countdown
    private let logger: Logger

    private var items: [Item] = []
    private var isRecording = false
    private var isFailing = false
    private var isFinished = false
    private var flushWaiters: [CheckedContinuation<Void, Never>] = []

    init(store: any RunStore, workingFiles: WorkingFiles, executor: PollingExecutor, logger: Logger) throws {
        self.store = store
        self.workingFiles = workingFiles
        self.executor = executor
        self.logger = logger
        retry = try Countdown()
        try executor.watch(retry.descriptor.number) { [weak self, retry] in
            retry.clear()
            self?.assumeIsolated { $0.begin() }
        }
    }

    deinit {
        executor.unwatch(retry.descriptor.number)
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Takes an event; to be called on the executor's thread.
    ///
    /// - Parameters:
    ///   - followUp: a run that follows from the event, inserted in the same transaction.
    ///   - recorded: called there once the event stands, with the run as it is then, if the event was legal.
    nonisolated func record(
        _ id: RunID,
        _ event: RunEvent,
        followUp: Run? = nil,
        recorded: @escaping @Sendable (Run?) -> Void
    ) {
        assumeIsolated { recorder in
            recorder.items.append(Item(id: id, event: event, followUp: followUp, recorded: recorded))
            recorder.begin()
        }
    }

    /// Returns when everything taken so far stands, or the store has refused it.
    func flushed() async {
        guard !items.isEmpty || isRecording, !isFailing else { return }
        await withCheckedContinuation { flushWaiters.append($0) }
    }

    /// Records what there is, and stops trying where the store refuses. What comes later is not recorded either: the next daemon
    /// finds it in the folders.
    func finish() async {
        isFinished = true
        await flushed()
    }

    private func begin() {
        guard !isRecording, !isFinished, !items.isEmpty else { return }
        isRecording = true
        Task { await recordAll() }
    }

    private func recordAll() async {
        while !items.isEmpty {
            let batch = items
            items = []
            // Those of the batch before have been seen to, by `recorded`.
            let ending = batch.filter(\.event.isEnd).map(\.id)
            if !ending.isEmpty { workingFiles.note(ending) }
            do {
                let runs = try await store.apply(
                    batch.map { ($0.id, $0.event) },
                    inserting: batch.compactMap(\.followUp)
                )
                if isFailing {
                    logger.notice(
                        "runs can be recorded again",
                        metadata: ["event": "\(LoggedEvent.recordingResumed)"]
                    )
                }
                isFailing = false
                let byID = Dictionary(runs.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
                for item in batch { item.recorded(byID[item.id]) }
            } catch {
                items = batch + items
                if !isFailing {
                    logger.error(
                        "\(items.count) events of runs cannot be recorded: \(error); trying again",
                        metadata: ["event": "\(LoggedEvent.recordingFailed)", "count": "\(items.count)"]
                    )
                }
                isFailing = true
                if !isFinished { retry.start(.seconds(1)) }
                break
            }
        }
        isRecording = false
        for waiter in flushWaiters { waiter.resume() }
        flushWaiters = []
    }
}

extension RunEvent {
    fileprivate var isEnd: Bool {
        switch self {
        case .started: false
        case .ended: true
        }
    }
}
