import CExecutor
import NIOCore
import NIOPosix

/// Makes NIO's event loop, one thread, run all of Swift's tasks that belong to no other executor.
///
/// It has to come before the first task of the process: the default executor starts a thread that wakes once a second for ever.
/// No thread is started here; a command without tasks stays single-threaded.
///
/// It does what NIO's `unsafeTryInstallSingletonPosixEventLoopGroupAsConcurrencyGlobalExecutor` does, in statically linked
/// programs too, which do not export the name that NIO looks up.
package func installConcurrencyExecutor() {
    NIOSingletons.groupLoopCountSuggestion = 1
    NIOSingletons.blockingPoolThreadCountSuggestion = 1
    unsafe cexecutor_take_global_jobs { job in
        // A job is handed over as the pointer that an UnownedJob is.
        let job = unsafe unsafeBitCast(job, to: UnownedJob.self)
        NIOSingletons.posixEventLoopGroup.any().executor.enqueue(ExecutorJob(job))
    }
}

/// Runs an asynchronous body to its end while the calling thread waits; never called from a task.
func waitForTask<Success: Sendable>(
    _ body: @escaping @Sendable () async throws -> Success
) throws -> Success {
    let promise = NIOSingletons.posixEventLoopGroup.any().makePromise(of: Success.self)
    promise.completeWithTask(body)
    return try promise.futureResult.wait()
}
