import AlmanacCalendar
import AlmanacConfig
import AlmanacLinux
import AlmanacModel
import AlmanacRuns
import AlmanacScheduler
import AlmanacServer
import AlmanacStore
import AlmanacSystemd
import AlmanacZoneinfo
import CLinux
import Glibc
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Runs the daemon to its end.
///
/// It blocks the calling thread, which must be the main one, with no other started before: that thread is the one that
/// receives signals. The concurrency runtime's executor is NIO's by then (see `almanac`'s main).
///
/// - Returns: the exit code: 0 after a stop that was asked for, 1 where the daemon could not start or go on.
package func runDaemon(_ options: DaemonOptions) -> Int32 {
    // Before this process opens anything itself; and what else it has inherited is none of its commands' concern.
    let inherited = InheritedDescriptors.take()
    _ = clinux_close_range(3, UInt32(Int32.max), CLINUX_CLOSE_RANGE_CLOEXEC)
    // Memory that one thread has freed is there for the others: a heap for each would keep its own.
    mallopt(M_ARENA_MAX, 2)
    let log = DaemonLog(
        label: "almanac",
        journalStream: processEnvironment()["JOURNAL_STREAM"],
        messageIDs: LoggedEvent.messageIDs
    )
    let logger = log.logger(level: .info)
    let signals = Result { try SignalQueue([SIGTERM, SIGINT, SIGHUP]) }
    clinux_signal_ignore(SIGPIPE)
    // A watchdog ends a hung daemon with it; Swift's backtraces, where they are on, would wait for the hung thread.
    _ = clinux_signal_default(SIGABRT)
    startThread(name: "journal") { log.queue.run() }
    // A journal that takes nothing does not keep the daemon from ending.
    defer { _ = log.queue.flush(within: .seconds(2)) }
    var manager: ServiceManager?
    do {
        let signals = try signals.get()
        try ChildWatch.adoptOrphans()
        manager = try ServiceManager.ofEnvironment(logger: logger)
        // No other reference to the resources stays here: the daemon gives up what a reload replaces.
        return supervise(
            try Daemon(
                DaemonResources.open(options, inherited: inherited, logger: logger),
                manager: manager,
                logger: logger
            ),
            signals,
            manager,
            logger
        )
    } catch {
        logger.critical("\(error)", metadata: ["event": "\(LoggedEvent.daemonFailed)"])
        manager?.failed(error)
        return 1
    }
}

/// Starts the daemon on other threads and passes signals on to it until it has ended.
private func supervise(
    _ daemon: Daemon,
    _ signals: SignalQueue,
    _ manager: ServiceManager?,
    _ logger: Logger
) -> Int32 {
    let exitCode = Mutex<Int32>(0)
    let group = MultiThreadedEventLoopGroup.singleton
    group.any().makeFutureWithTask {
        try await daemon.run()
    }.whenComplete { result in
        if case .failure(let error) = result {
            logger.critical("\(error)", metadata: ["event": "\(LoggedEvent.daemonFailed)"])
            manager?.failed(error)
            exitCode.withLock { $0 = 1 }
        }
        signals.ring()
    }
    while true {
        switch signals.next() {
        case .bell:
            let exitCode = exitCode.withLock { $0 }
            if exitCode == 0 {
                logger.notice("stopped", metadata: ["event": "\(LoggedEvent.daemonStopped)"])
            }
            return exitCode
        case .signal(SIGINT):
            logger.notice("interrupted: ending the runs", metadata: ["event": "\(LoggedEvent.daemonStopping)"])
            Task { await daemon.stop(stoppingRuns: true) }
        case .signal(SIGTERM):
            logger.notice("asked to end", metadata: ["event": "\(LoggedEvent.daemonStopping)"])
            Task { await daemon.stop(stoppingRuns: nil) }
        case .signal:
            Task { await daemon.reload() }
        }
    }
}
