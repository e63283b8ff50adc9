import ArgumentParser
import Glibc

/// `almanac completions`: a script that teaches a shell to complete command lines.
struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Print a script with which a shell completes commands, options, files and the daemon's tasks.",
        discussion: """
            bash: almanac completions bash > /etc/bash_completion.d/almanac
            zsh: almanac completions zsh > /usr/local/share/zsh/site-functions/_almanac
            fish: almanac completions fish > ~/.config/fish/completions/almanac.fish
            """
    )

    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash
        case zsh
        case fish

        fileprivate var completionShell: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    @Argument(help: "The shell.")
    var shell: Shell

    func run() throws {
        var output = OutputBuffer(descriptor: STDOUT_FILENO)
        output.appendLine(AlmanacCommand.completionScript(for: shell.completionShell))
        try output.flush()
    }
}
