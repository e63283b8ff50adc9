import CExecutor
import Hummingbird
import Logging
import NIOCore
import NIOPosix

/// A bare route: `GET /health` answers `OK`, on 127.0.0.1 and the port that is the only argument.
///
/// It runs as the daemon does: one event loop, and every task on it.
@main
enum Bare {
    static func main() throws {
        guard CommandLine.arguments.count == 2, let port = Int(CommandLine.arguments[1]) else {
            preconditionFailure("usage: Bare PORT")
        }
        takeGlobalJobs()
        try serve(on: port)
    }

    /// Puts Swift's tasks on the event loop, as the daemon does.
    private nonisolated static func takeGlobalJobs() {
        NIOSingletons.groupLoopCountSuggestion = 1
        NIOSingletons.blockingPoolThreadCountSuggestion = 1
        unsafe cexecutor_take_global_jobs { job in
            // A job is handed over as the pointer that an UnownedJob is.
            let job = unsafe unsafeBitCast(job, to: UnownedJob.self)
            NIOSingletons.posixEventLoopGroup.any().executor.enqueue(ExecutorJob(job))
        }
    }

    private nonisolated static func serve(on port: Int) throws {
        let promise = NIOSingletons.posixEventLoopGroup.any().makePromise(of: Void.self)
        promise.completeWithTask {
            let router = Router()
            router.get("/health") { _, _ in "OK" }
            var logger = Logger(label: "bare")
            logger.logLevel = .error
            try await Application(
                router: router,
                configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
                eventLoopGroupProvider: .singleton,
                logger: logger
            ).run()
        }
        try promise.futureResult.wait()
    }
}
