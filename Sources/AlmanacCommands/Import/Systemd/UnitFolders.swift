import Glibc

/// Where units are, and how they are put together from their files (systemd.unit(5)).
struct UnitFolders {
    /// The folders, those that count more first.
    var folders = [
        "/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
        "/lib/systemd/system",
    ]

    /// Larger files are no units.
    private static let sizeLimit = 1 << 20

    /// Why there is no such unit.
    struct Fault: Error, Equatable {
        let message: String
    }

    /// Reads a unit with its drop-ins.
    ///
    /// - Parameters:
    ///   - unit: a path, or a name that is looked up.
    ///   - neighbour: a file beside which it is looked for first.
    func unit(_ unit: String, beside neighbour: String? = nil) throws(Fault) -> UnitFile {
        let name = UnitName(unit.split(separator: "/").last.map(String.init) ?? unit)
        guard !name.isTemplate else {
            throw Fault(message: "it is a template; name an instance, such as \(name.instance("main"))")
        }
        let isPath = unit.contains("/")
        let places = (neighbour.map { [Self.folder(of: $0)] } ?? []) + folders.map { "\($0)/" }
        let candidates = isPath ? [unit] : places.flatMap { place in name.fileNames.map { place + $0 } }
        for path in candidates {
            guard let text = try Self.text(path) else { continue }
            guard !text.isEmpty else { throw Fault(message: "it is masked: \(path) is empty") }
            var file = UnitFile(name: name.text, path: path)
            file.read(text, fileName: path.split(separator: "/").last.map(String.init) ?? path)
            for dropIn in try dropIns(of: name, first: isPath || neighbour != nil ? [Self.folder(of: path)] : []) {
                guard let text = try Self.text(dropIn) else { continue }
                file.read(text, fileName: dropIn.split(separator: "/").suffix(2).joined(separator: "/"))
            }
            return file
        }
        throw Fault(
            message: isPath ? "there is no such file" : "there is no such unit in \(folders.joined(separator: ", "))"
        )
    }

    /// The drop-ins in the order in which they are read: by their names, one of a name in force.
    private func dropIns(of name: UnitName, first: [String]) throws(Fault) -> [String] {
        var byName: [String: String] = [:]
        for folder in first + folders.map({ "\($0)/" }) {
            for dropIn in name.dropInFolders {
                for file in Self.names(in: folder + dropIn) where file.hasSuffix(".conf") && byName[file] == nil {
                    byName[file] = "\(folder)\(dropIn)/\(file)"
                }
            }
        }
        return byName.sorted { $0.key < $1.key }.map(\.value)
    }

    /// The folder of a file, with a slash at its end; empty for a bare name.
    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }

    /// The text of a file; nil where there is none.
    private static func text(_ path: String) throws(Fault) -> String? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        // A masked unit is a link to /dev/null.
        if status.st_mode & S_IFMT == S_IFCHR { return "" }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= sizeLimit else {
            throw Fault(message: "\(path) is not a file of at most 1 MiB")
        }
        let text: String?
        do {
            text = try LocalFile.read(path)
        } catch {
            throw Fault(message: error.message)
        }
        guard text?.utf8.contains(0) != true else { throw Fault(message: "\(path) holds a NUL character") }
        return text
    }

    private static func names(in folder: String) -> [String] {
        guard let stream = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) {
                    names.append(unsafe String(cString: $0))
                }
            }
        }
        return names
    }
}

/// The name of a unit: `pg_dump@main.timer` has the prefix `pg_dump`, the instance `main` and the type `timer`.
struct UnitName: Equatable {
    let text: String
    let prefix: String
    /// Nil for a unit that is none of a template; empty for the template itself.
    let instance: String?
    let type: String

    init(_ text: String) {
        self.text = text
        let dot = text.lastIndex(of: ".") ?? text.endIndex
        type = String(text[dot...].dropFirst())
        let stem = text[..<dot]
        if let at = stem.firstIndex(of: "@") {
            prefix = String(stem[..<at])
            instance = String(stem[stem.index(after: at)...])
        } else {
            prefix = String(stem)
            instance = nil
        }
    }

    var isTemplate: Bool { instance == "" }

    /// Without the type.
    var stem: String { instance.map { "\(prefix)@\($0)" } ?? prefix }

    func instance(_ name: String) -> String { "\(prefix)@\(name).\(type)" }

    /// The files that can hold it: its own, and its template's.
    var fileNames: [String] { instance == nil ? [text] : [text, "\(prefix)@.\(type)"] }

    /// The folders of its drop-ins, those that count more first: its own, the template's, of its prefixes up to a dash, and of all
    /// units of the type.
    var dropInFolders: [String] {
        let parts = prefix.split(separator: "-", omittingEmptySubsequences: false)
        let prefixes = (1..<max(parts.count, 1)).reversed().map { parts.prefix($0).joined(separator: "-") + "-" }
        return fileNames.map { "\($0).d" } + prefixes.map { "\($0).\(type).d" } + ["\(type).d"]
    }
}
