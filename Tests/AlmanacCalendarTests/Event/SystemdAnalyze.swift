import Foundation

/// The machine's own `systemd-analyze calendar`, which needs no running systemd.
enum SystemdAnalyze {
    static let path = "/usr/bin/systemd-analyze"
    static let isPresent = FileManager.default.isExecutableFile(atPath: path)

    /// What it says of an expression that it takes.
    struct Answer: Equatable {
        var normalized: String
        /// `2026-03-29 01:00:00`, UTC; empty for one that never elapses again.
        var elapses: [String]
    }

    /// The answers for expressions, nil where it refuses one; times after the base, in UTC.
    static func answers(for expressions: [String], after base: String, count: Int) throws -> [Answer?] {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = ["calendar", "--iterations=\(count)", "--base-time=\(base) UTC", "--"] + expressions
        process.environment = ["TZ": "UTC", "LC_ALL": "C.UTF-8"]
        let folder = FileManager.default.temporaryDirectory.appending(path: "almanac-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appending(path: "out")
        let errors = folder.appending(path: "err")
        for file in [output, errors] { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        process.waitUntilExit()

        // A refusal says `Failed to parse calendar specification '...': Invalid argument`, in the order of the expressions.
        let prefix = "Failed to parse calendar specification '"
        var refused: [Substring] = []
        for line in try String(contentsOf: errors, encoding: .utf8).split(separator: "\n") where line.hasPrefix(prefix)
        {
            guard let end = line.range(of: "': ", options: .backwards) else { continue }
            refused.append(line[line.index(line.startIndex, offsetBy: prefix.count)..<end.lowerBound])
        }
        var taken = blocks(try String(contentsOf: output, encoding: .utf8))[...]
        var rest = refused[...]
        return expressions.map { expression in
            if rest.first.map(String.init) == expression {
                rest.removeFirst()
                return nil
            }
            return taken.popFirst()
        }
    }

    /// The answers of the program's output, which has a blank line between two.
    private static func blocks(_ output: String) -> [Answer] {
        var result: [Answer] = []
        for line in output.split(separator: "\n") {
            guard let colon = line.range(of: ": ") else { continue }
            let value = String(line[colon.upperBound...])
            switch line[..<colon.lowerBound].trimmingCharacters(in: .whitespaces) {
            case "Normalized form": result.append(Answer(normalized: value, elapses: []))
            case "Next elapse" where value == "never": break
            case let title where title == "Next elapse" || title.hasPrefix("Iter. #"):
                // `Mon 2026-09-28 00:00:00 UTC`, the weekday and the zone left out.
                result[result.count - 1].elapses.append(value.split(separator: " ")[1...2].joined(separator: " "))
            default: break
            }
        }
        return result
    }
}
