/// What is of concern of all that happens in a watched folder.
enum FolderConcern: Equatable {
    case everything
    case names(Set<String>)

    mutating func add(_ other: FolderConcern) {
        if case .names(let names) = self, case .names(let others) = other {
            self = .names(names.union(others))
        } else {
            self = .everything
        }
    }

    /// - Parameter name: of the file; empty for the folder itself, which is gone, or which others may read now.
    func includes(_ name: String) -> Bool {
        switch self {
        case .everything: true
        case .names(let names): name.isEmpty || names.contains(name)
        }
    }
}
