import CLinux
import Glibc
import Synchronization

/// A thread of its own that runs the jobs of its actors and watches descriptors for them.
///
/// Jobs and handlers run one at a time on the thread, so an actor with this executor may `assumeIsolated` in a handler.
/// With nothing to do the thread sits in one epoll_wait(2) without a time limit. The thread lives as long as the process.
package final class PollingExecutor: SerialExecutor {
    private struct Inbox {
        var jobs: [UnownedJob] = []
        var handlers: [Int32: Watch] = [:]
        var lastGeneration: UInt32 = 0
    }

    private struct Watch {
        /// Tells an event from one of an earlier descriptor of the same number, closed since the kernel told of it.
        var generation: UInt32
        var handler: @Sendable () -> Void
    }

    private let inbox = Mutex(Inbox())
    private let epoll: OwnedDescriptor
    private let doorbell: OwnedDescriptor
    private let thread = Atomic<UInt>(0)

    /// - Parameter name: shown by `ps -L` and `top -H`; the kernel keeps the first 15 bytes.
    package init(name: String) throws(SystemError) {
        epoll = OwnedDescriptor(try SystemError.check("epoll_create1") { epoll_create1(CInt(EPOLL_CLOEXEC)) })
        doorbell = OwnedDescriptor(
            try SystemError.check("eventfd") { eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK)) }
        )
        try control(EPOLL_CTL_ADD, doorbell.number, generation: 0)
        startThread(name: name) { [self] in run() }
    }

    /// What a descriptor is watched for.
    package enum Interest: Sendable {
        case reading, writing
    }

    /// Calls `handler` on the thread whenever the descriptor is readable, or writable, until `unwatch`.
    ///
    /// The caller keeps the descriptor open for as long as it is watched.
    package func watch(
        _ descriptor: Int32,
        for interest: Interest = .reading,
        handler: @escaping @Sendable () -> Void
    ) throws(SystemError) {
        let generation = inbox.withLock { inbox in
            inbox.lastGeneration &+= 1
            inbox.handlers[descriptor] = Watch(generation: inbox.lastGeneration, handler: handler)
            return inbox.lastGeneration
        }
        do {
            try control(EPOLL_CTL_ADD, descriptor, interest, generation: generation)
        } catch {
            inbox.withLock { $0.handlers[descriptor] = nil }
            throw error
        }
    }

    /// No handler call begins for the descriptor afterwards, when called on the thread itself.
    package func unwatch(_ descriptor: Int32) {
        inbox.withLock { $0.handlers[descriptor] = nil }
        try? control(EPOLL_CTL_DEL, descriptor, generation: 0)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let wasEmpty = inbox.withLock { inbox in
            inbox.jobs.append(job)
            return inbox.jobs.count == 1
        }
        if wasEmpty && isIsolatingCurrentContext() != true { ring() }
    }

    package func checkIsolated() {
        precondition(isIsolatingCurrentContext() == true, "not on the executor's thread")
    }

    package func isIsolatingCurrentContext() -> Bool? {
        thread.load(ordering: .relaxed) == UInt(pthread_self())
    }

    private func run() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        var events = unsafe [epoll_event](repeating: epoll_event(), count: 64)
        while true {
            runJobs()
            let count = unsafe epoll_wait(epoll.number, &events, CInt(events.count), -1)
            for index in 0..<max(0, Int(count)) {
                let data = unsafe events[index].data.u64
                let descriptor = Int32(truncatingIfNeeded: data)
                if descriptor == doorbell.number {
                    var rings: UInt64 = 0
                    _ = unsafe read(descriptor, &rings, MemoryLayout<UInt64>.size)
                } else if let watch = inbox.withLock({ $0.handlers[descriptor] }), watch.generation == data >> 32 {
                    watch.handler()
                }
            }
        }
    }

    /// Runs the jobs that there are, and those that they add, until none is left.
    private func runJobs() {
        var batch: [UnownedJob] = []
        while true {
            inbox.withLock { swap(&batch, &$0.jobs) }
            if batch.isEmpty { return }
            for job in batch {
                unsafe job.runSynchronously(on: asUnownedSerialExecutor())
            }
            batch.removeAll(keepingCapacity: true)
        }
    }

    private func ring() {
        var one: UInt64 = 1
        _ = unsafe write(doorbell.number, &one, MemoryLayout<UInt64>.size)
    }

    private func control(
        _ operation: CInt,
        _ descriptor: Int32,
        _ interest: Interest = .reading,
        generation: UInt32
    ) throws(SystemError) {
        var event = unsafe epoll_event()
        unsafe event.events = interest == .reading ? EPOLLIN.rawValue : EPOLLOUT.rawValue
        unsafe event.data.u64 = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
        try SystemError.check("epoll_ctl", subject: "descriptor \(descriptor)") {
            unsafe epoll_ctl(epoll.number, operation, descriptor, &event)
        }
    }
}
