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
    private var folders: [Int32: FolderConcern] = [:]

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
        try executor.watch(watch.descriptor.number) { [weak self, watch, pause] in
            let events = watch.takeEvents()
            let concerns = self?.assumeIsolated { follower in events.contains { follower.concerns($0) } }
            if concerns == true { pause.start(Self.quietTime) }
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

    private func concerns(_ event: FolderWatch.Event) -> Bool {
        // Where the kernel has lost events, any may have been among them.
        folders[event.folder]?.includes(event.name) ?? (event.folder == -1)
    }

    /// Watches the folders of the files, and those of what these lead to where they are links.
    private func follow() {
        var next: [Int32: FolderConcern] = [:]
        for (folder, concern) in Self.concerns(of: certificate.paths) {
            do {
                // Two paths of one folder have the same number.
                next[try watch.add(folder), default: concern].add(concern)
            } catch {
                logger.warning(
                    "changes in \(folder) will not be noticed, and take a reload: \(error)",
                    metadata: ["event": "\(LoggedEvent.certificateRefused)"]
                )
            }
        }
        for folder in folders.keys where next[folder] == nil { watch.remove(folder) }
        folders = next
    }

    /// What is of concern in the folders of files, and in those of what they lead to.
    ///
    /// Links are renewed by renaming what they lead over: certbot's `live` leads to `archive`, and in Kubernetes all names of a
    /// folder lead over `..data`. Where a file is behind links, all that happens beside it counts.
    static func concerns(of paths: [String]) -> [String: FolderConcern] {
        var concerns: [String: FolderConcern] = [:]
        for path in paths {
            let target = resolvedPath(path)
            for place in Set([path, target]) {
                guard let slash = place.lastIndex(of: "/") else { continue }
                let folder = slash == place.startIndex ? "/" : String(place[..<slash])
                let name = String(place[place.index(after: slash)...])
                let concern = target == path ? FolderConcern.names([name]) : .everything
                concerns[folder, default: concern].add(concern)
            }
        }
        return concerns
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
