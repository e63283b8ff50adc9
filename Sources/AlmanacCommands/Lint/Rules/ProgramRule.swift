/// A program that the job's PATH does not lead to, or that its user may not run.
struct ProgramRule: LintRule {
    let name = "program"

    private static let shells: Set<String> = ["sh", "dash", "bash", "ksh", "mksh", "zsh", "ash", "busybox"]
    private static let usualFolders = [
        "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/snap/bin",
    ]

    func messages(for job: LintJob, _ circumstances: LintCircumstances) -> [String] {
        guard let shell = job.shell.split(separator: "/").last, Self.shells.contains(String(shell)) else { return [] }
        return CommandWords(job.command).programs.compactMap { message(about: $0, job, circumstances) }
    }

    private func message(about word: String, _ job: LintJob, _ circumstances: LintCircumstances) -> String? {
        guard word.contains("/") else { return messageAboutName(word, job, circumstances) }
        var path = word
        if !word.hasPrefix("/") {
            guard let home = job.home, home.hasPrefix("/") else { return nil }
            path = "\(home)/\(word.hasPrefix("~/") ? String(word.dropFirst(2)) : word)"
        }
        switch ExecutableSearch.look(at: path, as: job.user) {
        case .found, .unknown: return nil
        case .missing: return "there is no \(path); install it, or correct the path"
        case .notExecutable:
            return "\(path) is not executable for the job's user; chmod +x it, or let a shell read it: sh \(path)"
        case .unreachable:
            return
                "\(path) lies in a folder that the job's user may not enter; give it x for that user, or move the program"
        }
    }

    private func messageAboutName(_ word: String, _ job: LintJob, _ circumstances: LintCircumstances) -> String? {
        let searchPath = job.searchPath ?? circumstances.daemonPath
        // A relative folder depends on where the job runs.
        let folders = searchPath.split(separator: ":").map(String.init)
        guard folders.allSatisfy({ $0.hasPrefix("/") }) else { return nil }
        let results = folders.map { ExecutableSearch.look(at: "\($0)/\(word)", as: job.user) }
        guard !results.contains(.found), !results.contains(.unknown) else { return nil }
        let place = job.searchPath == nil ? "the daemon's PATH" : "the job's PATH, \(searchPath),"
        let elsewhere = Self.usualFolders.first { ExecutableSearch.look(at: "\($0)/\(word)", as: job.user) == .found }
        if let elsewhere {
            return "\(place) does not lead to \(word), which is \(elsewhere)/\(word); write that path, or set PATH"
        }
        return
            "there is no program \(word) in \(place.hasSuffix(",") ? String(place.dropLast()) : place); install it, write its path, or set PATH"
    }
}
