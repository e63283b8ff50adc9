import AlmanacServer
import Glibc
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// Lets those who wait go on once so many have arrived.
final class Latch: Sendable {
    private let state: Mutex<(missing: Int, waiters: [CheckedContinuation<Void, Never>])>

    init(_ count: Int) {
        state = Mutex((count, []))
    }

    func arrive() {
        let waiters = state.withLock { state in
            state.missing -= 1
            guard state.missing == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if state.missing <= 0 { return true }
                state.waiters.append(continuation)
                return false
            }
            if isOpen { continuation.resume() }
        }
    }
}

/// Waits for something that happens a moment later, on other threads.
///
/// Where tests that compute leave no thread to others for minutes, the time alone says nothing: this has to have had its turn many
/// times too, as those have then that it waits for.
func waitUntil(
    within limit: Duration = .seconds(120),
    sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    var turns = 0
    while try await !condition() {
        turns += 1
        guard ContinuousClock.now < end || turns < 2000 else {
            Issue.record("it has not happened in time", sourceLocation: sourceLocation)
            return
        }
        try await Fixture.group.next().scheduleTask(in: .milliseconds(5)) {}.futureResult.get()
    }
}

/// A client on a Unix socket that asks for something and then reads nothing.
struct StuckClient {
    private let descriptor: Int32

    init(_ address: ListenAddress, _ request: TestRequest, _ client: SocketClient) throws {
        guard case .unix(let path) = address else { preconditionFailure("a Unix socket is wanted") }
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &name.sun_path) { bytes in
            unsafe bytes.copyBytes(from: Array(path.utf8))
        }
        let outcome = unsafe withUnsafePointer(to: &name) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(outcome == 0)
        let text = Array(client.text(of: request).utf8)
        #expect(unsafe send(descriptor, text, text.count, 0) == text.count)
    }

    func close() {
        Glibc.close(descriptor)
    }
}
