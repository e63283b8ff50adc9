import AlmanacLinux
import AlmanacModel
import AlmanacServer
import Logging
import ServiceLifecycle

/// Notices when the certificate of the API or its key changes on disk, and puts the new pair in force.
///
/// Who renews a certificate writes two files, one after the other: they are read once both have been quiet for a while. Nothing
/// polls: inotify and a timer wake it.
actor CertificateFollower: Service {
    private let certificate: TLSCertificate
    private let files: ThreadExecutor
    private let executor: PollingExecutor
    private let watch: FolderWatch
    private let pause: Countdown
    private let logger: Logger
    private var seen: [WatchedFile]
    private var isFailing = false
    private var folders: Set<Int32> = []

    /// How long the folders must have been quiet.
    private static let quietTime = Duration.seconds(1)

    init(
        _ certificate: TLSCertificate,
        files: ThreadExecutor,
        executor: PollingExecutor,
        logger: Logger
    ) throws {
        self.certificate = certificate
        self.files = files
        self.executor = executor
        self.logger = logger
        watch = try FolderWatch()
        pause = try Countdown()
        seen = certificate.paths.map { WatchedFile(path: $0) }
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    func run() async throws {
        follow()
        try executor.watch(watch.descriptor.number) { [watch, pause] in
            if !watch.takeEvents().isEmpty { pause.start(Self.quietTime) }
        }
        try executor.watch(pause.descriptor.number) { [weak self, pause] in
            pause.clear()
            self?.assumeIsolated { follower in _ = Task { await follower.read(isAskedFor: false) } }
        }
        try? await gracefulShutdown()
        executor.unwatch(watch.descriptor.number)
        executor.unwatch(pause.descriptor.number)
    }

    /// Reads the files, if they have changed or somebody has asked for it.
    func read(isAskedFor: Bool) async {
        guard isAskedFor || isFailing || seen.contains(where: \.hasChanged) else { return }
        seen = certificate.paths.map { WatchedFile(path: $0) }
        // A link may lead elsewhere now.
        follow()
        do throws(TLSFault) {
            try await FileReading(executor: files).reload(certificate)
            isFailing = false
            logger.notice(
                "the certificate of the API was read again, and is in force for new connections",
                metadata: ["event": "\(LoggedEvent.certificateLoaded)"]
            )
        } catch {
            isFailing = true
            logger.error(
                "the certificate in force stays: \(error)",
                metadata: ["event": "\(LoggedEvent.certificateRefused)"]
            )
        }
    }

    /// Watches the folders of the files, and those of what these lead to where they are links.
    private func follow() {
        var next: Set<Int32> = []
        let paths = certificate.paths.flatMap { [$0, resolvedPath($0)] }
        for folder in Set(paths.compactMap { Self.folder(of: $0) }) {
            do {
                next.insert(try watch.add(folder))
            } catch {
                logger.warning(
                    "changes in \(folder) will not be noticed, and take a reload: \(error)",
                    metadata: ["event": "\(LoggedEvent.certificateRefused)"]
                )
            }
        }
        for folder in folders.subtracting(next) { watch.remove(folder) }
        folders = next
    }

    @Sendable private static func folder(of path: String) -> String? {
        guard let slash = path.lastIndex(of: "/") else { return nil }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

/// Reads the files on the thread that may wait for the disk.
private actor FileReading {
    private let executor: ThreadExecutor

    init(executor: ThreadExecutor) {
        self.executor = executor
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    func reload(_ certificate: TLSCertificate) throws(TLSFault) {
        try certificate.reload()
    }
}
