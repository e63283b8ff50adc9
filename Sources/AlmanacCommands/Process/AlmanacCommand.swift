import AlmanacDaemon
import ArgumentParser

/// `almanac`, the root of all commands.
struct AlmanacCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "almanac",
        abstract: "Runs jobs on time: cron with a calendar that is right through every clock change.",
        discussion: """
            Exit codes: 0 it did what was asked; 1 it failed, or found faults; 2 a wrong command line or a wrong expression. \
            'almanac run --wait' exits with the code of the command that ran.

            The daemon may be on another machine: almanac --url https://host:9477 --token-file FILE run TASK --wait. \
            --socket, --url, --token-file and --ca-file may stand before the subcommand.
            """,
        version: AlmanacVersion.current,
        groupedSubcommands: [
            CommandGroup(
                name: "Daemon",
                subcommands: [
                    DaemonCommand.self, CheckCommand.self, ReloadCommand.self, ServiceCommand.self,
                    OpenAPICommand.self, CompletionsCommand.self, ReleaseControlGroupCommand.self,
                ]
            ),
            CommandGroup(
                name: "Moving here",
                subcommands: [TakeoverCommand.self, ProveCommand.self, LintCommand.self, ImportCommand.self]
            ),
            CommandGroup(
                name: "Task and run",
                subcommands: [
                    ListCommand.self, RunCommand.self, RunsCommand.self, LogsCommand.self, StopCommand.self,
                    PauseCommand.self, ResumeCommand.self,
                ]
            ),
            CommandGroup(name: "Access", subcommands: [TokenCommand.self, AuditCommand.self]),
            CommandGroup(
                name: "Calendar",
                subcommands: [NextCommand.self, ExplainCommand.self, SimulateCommand.self]
            ),
        ]
    )
}
