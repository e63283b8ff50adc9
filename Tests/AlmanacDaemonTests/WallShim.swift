import AlmanacTesting
import CLinux
import Glibc

/// A wall clock of a daemon's own: `Tests/Clocks/wallshim.c`, built once and loaded into it.
///
/// The supervisors are linked static and keep the machine's clock.
struct WallShim {
    private let folder = TemporaryFolder()

    /// - Parameter time: seconds since 1970 that the clock shows at first.
    init(at time: Int64) {
        set(time)
    }

    /// What a daemon gets to be under this clock.
    var environment: [String: String] {
        ["LD_PRELOAD": Self.library ?? "", "WALLSHIM": folder.file("clock")]
    }

    /// Sets the clock, while the daemon runs too.
    func set(_ time: Int64) {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        let offset = (time - Int64(now.tv_sec)) * 1_000_000_000 - Int64(now.tv_nsec)
        let path = folder.file("clock")
        var state = [Int64](repeating: 0, count: 2)
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        defer { close(descriptor) }
        _ = unsafe pread(descriptor, &state, 16, 0)
        state[0] = offset
        state[1] += 1
        // In place, for the daemon has it mapped.
        _ = unsafe pwrite(descriptor, state, 16, 0)
    }

    /// Whether it can be built here.
    static let works = library != nil

    private static let build = TemporaryFolder()

    private static let library: String? = {
        let source = #filePath.split(separator: "/").dropLast(2).map { "/\($0)" }.joined() + "/Clocks/wallshim.c"
        let output = build.file("wallshim.so")
        for compiler in ["clang", "cc", "gcc"] {
            let arguments = [compiler, "-O2", "-fPIC", "-shared", "-o", output, source]
            if ChildProcess.run(arguments)?.exitCode == 0 { return output }
        }
        return nil
    }()
}
