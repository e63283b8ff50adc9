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
    let logger = Logger(label: "almanac")
    // Before this process opens anything itself; and what else it has inherited is none of its commands' concern.
    let inherited = InheritedDescriptors.take()
    _ = clinux_close_range(3, UInt32(Int32.max), CLINUX_CLOSE_RANGE_CLOEXEC)
    var manager: ServiceManager?
    do {
        let signals = try SignalQueue([SIGTERM, SIGINT, SIGHUP])
        clinux_signal_ignore(SIGPIPE)
        // A watchdog ends a hung daemon with it; Swift's backtraces, where they are on, would wait for the hung thread.
        _ = clinux_signal_default(SIGABRT)
        manager = try ServiceManager.ofEnvironment(logger: logger)
        let resources = try DaemonResources.open(options, inherited: inherited, logger: logger)
        return supervise(Daemon(resources, manager: manager, logger: logger), signals, manager, logger)
    } catch {
        for line in "\(error)".split(separator: "\n") { logger.critical("\(line)") }
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
            logger.critical("\(error)")
            manager?.failed(error)
            exitCode.withLock { $0 = 1 }
        }
        signals.ring()
    }
    while true {
        switch signals.next() {
        case .bell:
            return exitCode.withLock { $0 }
        case .signal(SIGINT):
            logger.notice("interrupted: ending the runs")
            Task { await daemon.stop(stoppingRuns: true) }
        case .signal(SIGTERM):
            Task { await daemon.stop(stoppingRuns: nil) }
        case .signal:
            Task { await daemon.reload() }
        }
    }
}
