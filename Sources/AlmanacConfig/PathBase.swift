/// What the relative paths of a configuration are relative to.
struct PathBase {
    enum Fault: Error, Equatable {
        case empty
        case otherHome
        case unknownHome

        /// What was expected and what to do.
        var message: String {
            switch self {
            case .empty: "expected a path, found an empty one"
            case .otherHome: #"of the paths with "~" only "~" itself and those that begin with "~/" are known"#
            case .unknownHome: #""~" stands for the home folder, which is not known here; write the whole path"#
            }
        }
    }

    /// Absolute: the configuration's own.
    let folder: String
    /// What `~` stands for; nil where nobody knows.
    var home: String?

    /// - Parameters:
    ///   - file: the path of the configuration.
    ///   - currentFolder: what that is relative to; absolute.
    init(file: String, currentFolder: String, home: String?) {
        let parent = file.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(file[..<$0]) }
        folder =
            switch parent {
            case nil: currentFolder
            case "": "/"
            case let parent?: parent.hasPrefix("/") ? parent : Self.join(currentFolder, parent)
            }
        self.home = home
    }

    /// The absolute path that a text of the configuration means; it need not be there.
    func absolute(_ text: String) throws(Fault) -> String {
        if text.hasPrefix("/") { return text }
        if text.isEmpty { throw .empty }
        guard text.hasPrefix("~") else { return Self.join(folder, text) }
        guard text == "~" || text.hasPrefix("~/") else { throw .otherHome }
        guard let home else { throw .unknownHome }
        return text == "~" ? home : Self.join(home, String(text.dropFirst(2)))
    }

    private static func join(_ folder: String, _ path: String) -> String {
        folder.hasSuffix("/") ? folder + path : "\(folder)/\(path)"
    }
}
