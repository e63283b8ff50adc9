import CLinux
import Glibc

/// Starts a thread that runs `body` and belongs to nobody.
///
/// All signals are blocked in it: they are for the main thread alone.
///
/// - Parameter name: shown by `ps -L` and `top -H`; the kernel keeps the first 15 bytes.
package func startThread(name: String, _ body: @escaping @Sendable () -> Void) {
    let box = unsafe Unmanaged.passRetained(ThreadBody(name: name, body: body))
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    unsafe pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    let outcome = unsafe pthread_create(
        &thread,
        &attributes,
        { argument in
            let box = unsafe Unmanaged<ThreadBody>.fromOpaque(argument!).takeRetainedValue()
            var all = sigset_t()
            unsafe sigfillset(&all)
            unsafe pthread_sigmask(SIG_BLOCK, &all, nil)
            setCurrentThreadName(String(decoding: box.name.utf8.prefix(15), as: UTF8.self))
            box.body()
            return nil
        },
        box.toOpaque()
    )
    unsafe pthread_attr_destroy(&attributes)
    precondition(outcome == 0, "a thread could not be started: error \(outcome)")
}

private final class ThreadBody: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}

/// Names the calling thread. PR_SET_NAME(2const).
private func setCurrentThreadName(_ name: String) {
    _ = unsafe name.withCString { clinux_prctl(PR_SET_NAME, UInt(bitPattern: $0), 0, 0, 0) }
}
