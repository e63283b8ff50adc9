import AlmanacCalendar
import CAllocations
import Glibc

/// Nanoseconds and allocations of one firing.
struct Measurement {
    var nanoseconds = Double.infinity
    var allocations = 0.0

    /// The best of several rounds of a body that answers how many firings it made; and the most allocations of any round.
    static func best(ofRounds rounds: Int = 9, _ body: () -> Int) -> Measurement {
        var result = Measurement()
        for _ in 0..<rounds {
            let allocationsBefore = almanac_allocations()
            let start = now()
            let firings = Double(body())
            let elapsed = Double(now() - start)
            let allocations = Double(almanac_allocations() - allocationsBefore)
            result.nanoseconds = min(result.nanoseconds, elapsed / firings)
            result.allocations = max(result.allocations, allocations / firings)
        }
        return result
    }

    /// Nanoseconds of the monotonic clock.
    static func now() -> Int {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}

/// Keeps a value from being optimized away.
@inline(never)
func use<Value>(_ value: Value) {}

/// The bytes of a file; the program ends if it cannot be read.
func contents(of path: String) -> [UInt8] {
    guard let file = unsafe fopen(path, "r") else { fatalError("cannot open \(path)") }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    while true {
        let byte = unsafe getc(file)
        if byte == EOF { return bytes }
        bytes.append(UInt8(truncatingIfNeeded: byte))
    }
}
