import AlmanacConfig
import AlmanacModel
import Glibc

/// A task that was made from something else.
struct ImportedTask: Equatable {
    var name: String
    /// Lines above the task's table, without `# `.
    var comments: [String] = []
    /// Its keys, in this order.
    var keys: [Key] = []

    struct Key: Equatable {
        var name: String
        var value: TOMLText
    }

    mutating func set(_ key: String, _ value: TOMLText) {
        keys.append(Key(name: key, value: value))
    }

    /// The table, with an end of line.
    var text: String {
        var lines = comments.flatMap { $0.split(separator: "\n", omittingEmptySubsequences: false) }
            .map { $0.isEmpty ? "#" : "# \(String($0).printable)" }
        lines.append("[tasks.\(TOMLText.key(name))]")
        lines += keys.map { "\($0.name) = \($0.value.text)" }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A valid name of a task that resembles a text: characters that cannot be in one become `-`.
    static func name(like text: String) -> String {
        let name = text.unicodeScalars.map { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", ".", "_", ":", "-": String(scalar)
            case "@": ":"
            default: "-"
            }
        }
        .joined()
        let short = String(name.prefix(100))
        return TaskDefinition.isValidName(short) && short != "." && short != ".." ? short : "task"
    }
}

/// Tasks that were made from something else, as a part of `almanac.toml`.
struct ImportedConfiguration: Equatable {
    /// Lines above everything else, without `# `.
    var comments: [String] = []
    /// The keys of `[defaults]`, in this order; only for a file of which these are all tasks.
    var defaults: [ImportedTask.Key] = []
    private(set) var tasks: [ImportedTask] = []
    private var names: Set<String> = []

    /// Adds a task; where its name is taken, a number is put behind it.
    mutating func add(_ task: ImportedTask) {
        var task = task
        let name = task.name
        var number = 2
        while !names.insert(task.name).inserted {
            let ending = "-\(number)"
            task.name = name.prefix(100 - ending.utf8.count) + ending
            number += 1
        }
        tasks.append(task)
    }

    /// The tables, a blank line between two.
    var text: String {
        var parts = tasks.map(\.text)
        if !defaults.isEmpty {
            parts.insert("[defaults]\n" + defaults.map { "\($0.name) = \($0.value.text)\n" }.joined(), at: 0)
        }
        if !comments.isEmpty { parts.insert(comments.map { "# \($0.printable)\n" }.joined(), at: 0) }
        return parts.joined(separator: "\n")
    }

    /// What became of the tasks when they were to be written to a file.
    struct Written: Equatable {
        var added: [String] = []
        /// Those whose names the file has already; nothing is written of them.
        var taken: [String] = []
    }

    /// Appends the tasks to a configuration file, which is made where there is none. What is in the file stays as it is.
    ///
    /// A file with faults is not touched, nor one that would have some afterwards. Throws a ``CommandFailure`` that names the file and
    /// says why.
    func append(to path: String, reader: ConfigurationReader) throws(CommandFailure) -> Written {
        let existing = try LocalFile.read(path)
        var known: Set<String> = []
        if let existing {
            do throws(ConfigurationFaults) {
                known = Set(try reader.read(text: existing, path: path).tasks.map(\.name))
            } catch {
                throw CommandFailure("\(path) has faults already; mend it first:\n\(error.description)")
            }
        }
        var new = self
        new.tasks.removeAll { known.contains($0.name) }
        let result = Written(
            added: new.tasks.map(\.name),
            taken: tasks.map(\.name).filter(known.contains)
        )
        guard !new.tasks.isEmpty else { return result }
        let old = existing ?? ""
        let joint = old.isEmpty ? "" : old.hasSuffix("\n") ? "\n" : "\n\n"
        let addition = joint + new.text
        do throws(ConfigurationFaults) {
            _ = try reader.read(text: old + addition, path: path)
        } catch {
            throw CommandFailure("nothing was written, for \(path) would have faults:\n\(error.description)")
        }
        if existing == nil {
            try LocalFile.write(addition, to: path)
        } else {
            try Self.append(addition, to: path)
        }
        return result
    }

    /// Appends text to a file that is there: its owner, its mode and its links stay.
    private static func append(_ text: String, to path: String) throws(CommandFailure) {
        let descriptor = unsafe open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        let size = lseek(descriptor, 0, SEEK_END)
        guard unsafe write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
            let failure = failure(path)
            // Half a task would be a fault in the file.
            _ = ftruncate(descriptor, size)
            throw failure
        }
    }

    private static func failure(_ path: String) -> CommandFailure {
        CommandFailure("cannot write \(path): \(unsafe String(cString: strerror(errno)))")
    }
}
