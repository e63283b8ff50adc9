import Glibc
import Synchronization

/// A thread of its own as the executor of actors whose work blocks: the database, files.
///
/// Jobs run one at a time, in the order in which they came. With nothing to do the thread waits on a semaphore and
/// makes no system call. The thread lives as long as the process.
package final class ThreadExecutor: SerialExecutor {
    private let jobs = Mutex<[UnownedJob]>([])
    private let arrivals: Semaphore
    private let thread = Atomic<UInt>(0)

    /// - Parameter name: shown by `ps -L` and `top -H`; the kernel keeps the first 15 bytes.
    package init(name: String) {
        arrivals = Semaphore()
        startThread(name: name) { [self] in run() }
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let wasEmpty = jobs.withLock { jobs in
            jobs.append(job)
            return jobs.count == 1
        }
        if wasEmpty { arrivals.signal() }
    }

    package func checkIsolated() {
        precondition(isIsolatingCurrentContext() == true, "not on the executor's thread")
    }

    package func isIsolatingCurrentContext() -> Bool? {
        thread.load(ordering: .relaxed) == UInt(pthread_self())
    }

    private func run() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        var batch: [UnownedJob] = []
        while true {
            arrivals.wait()
            jobs.withLock { swap(&batch, &$0) }
            for job in batch {
                unsafe job.runSynchronously(on: asUnownedSerialExecutor())
            }
            batch.removeAll(keepingCapacity: true)
        }
    }
}

/// A semaphore between threads: waiting on it makes one system call, futex, and none while asleep.
private final class Semaphore: Sendable {
    private let pointer: Address

    // A sem_t must stay where it is; its address is immutable and sem_post and sem_wait are safe from any thread.
    private struct Address: Sendable {
        let bits: UInt
        var value: UnsafeMutablePointer<sem_t> { unsafe UnsafeMutablePointer(bitPattern: bits)! }
    }

    init() {
        let memory = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
        unsafe sem_init(memory, 0, 0)
        pointer = Address(bits: UInt(bitPattern: memory))
    }

    deinit {
        unsafe sem_destroy(pointer.value)
        unsafe pointer.value.deallocate()
    }

    func signal() {
        unsafe sem_post(pointer.value)
    }

    func wait() {
        while unsafe sem_wait(pointer.value) == -1 && errno == EINTR {}
    }
}
