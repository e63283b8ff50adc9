import AlmanacDaemon
import ArgumentParser

/// `almanac release-cgroup`: what almanac.service does between two daemons.
struct ReleaseControlGroupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release-cgroup",
        abstract:
            "Take the controllers back that the daemon gave to the cgroups of its runs; for ExecStopPost of its unit.",
        shouldDisplay: false
    )

    func run() throws {
        if let fault = releaseControllers() {
            tell(fault)
            throw CommandFailure.silent(status: ExitStatus.failure)
        }
    }
}
