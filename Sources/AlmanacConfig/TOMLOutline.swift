/// Where everything stands in a TOML text: a tree of its keys and array elements with their byte offsets.
///
/// It holds no values: those are TOMLKit's.
struct TOMLOutline {
    typealias NodeID = Int

    /// A key with its value, a table, or an element of an array.
    struct Node {
        enum Kind: Equatable {
            /// A scalar, an array in brackets or an inline table, which nothing can be added to later.
            case value
            /// A table; `hasHeader` once it has a header of its own.
            case table(hasHeader: Bool)
            /// The array that `[[headers]]` of one name make up.
            case arrayOfTables
        }

        /// The key, decoded; nil for the root and for elements.
        let name: String?
        /// The root is its own.
        let parent: NodeID
        var kind: Kind
        /// How many steps lead to it from the root.
        let depth: Int
        /// Where its key begins, or the header that first made it; for a table with a header of its own, that header.
        var offset: Int
        /// Where its value begins; the same as `offset` for what has a header.
        var valueOffset: Int
        /// The bytes between the quotes of a one-line string without escapes, which are then its value.
        var plainText: Range<Int>?
        /// In the order of the text.
        var children: [NodeID] = []
    }

    /// Why the scan ended before the end of the text.
    enum Stop: Error, Equatable {
        /// Something that TOML does not have at this place; the message says what.
        case malformed(offset: Int, message: String)
        /// A second definition of something that the text has defined already.
        case redefined(offset: Int, first: NodeID)
        /// More than `maximumDepth` steps from the root.
        case tooDeep(offset: Int)
        /// An escape sequence for the character NUL, which no value can hold.
        case nul(offset: Int)
    }

    /// The steps that may lead from the root to a key or an element.
    ///
    /// A tree without such a bound would be taken down by a recursion that overflows the stack.
    static let maximumDepth = 64

    static let root: NodeID = 0

    /// A key within its table. Keys are told apart by their bytes: to TOML two forms of one letter are two keys.
    private struct Child: Hashable {
        let parent: NodeID
        let name: [UInt8]

        init(_ name: String, of parent: NodeID) {
            self.parent = parent
            self.name = Array(name.utf8)
        }
    }

    private(set) var nodes = [
        Node(name: nil, parent: root, kind: .table(hasHeader: true), depth: 0, offset: 0, valueOffset: 0)
    ]
    private var ids: [Child: NodeID] = [:]

    /// Why it is not the whole text's; nil where it is.
    var stop: Stop?

    subscript(id: NodeID) -> Node {
        get { nodes[id] }
        set { nodes[id] = newValue }
    }

    /// The keys that lead to a node, without the numbers of elements.
    func path(to id: NodeID) -> [String] {
        var path: [String] = []
        var id = id
        while id != Self.root {
            if let name = nodes[id].name { path.append(name) }
            id = nodes[id].parent
        }
        return path.reversed()
    }

    /// Whether a value belongs to a table of secrets, so that no message may show it.
    func isSecret(_ id: NodeID) -> Bool {
        path(to: id).contains("secrets")
    }

    func child(_ name: String, of parent: NodeID) -> NodeID? {
        ids[Child(name, of: parent)]
    }

    /// Adds a node to a table.
    mutating func add(_ name: String, to parent: NodeID, _ kind: Node.Kind, at offset: Int) throws(Stop) -> NodeID {
        let id = try append(name, to: parent, kind, at: offset)
        ids[Child(name, of: parent)] = id
        return id
    }

    /// Adds a node to an array.
    mutating func addElement(to parent: NodeID, _ kind: Node.Kind, at offset: Int) throws(Stop) -> NodeID {
        try append(nil, to: parent, kind, at: offset)
    }

    private mutating func append(
        _ name: String?,
        to parent: NodeID,
        _ kind: Node.Kind,
        at offset: Int
    ) throws(Stop) -> NodeID {
        let depth = nodes[parent].depth + 1
        guard depth <= Self.maximumDepth else { throw .tooDeep(offset: offset) }
        let id = nodes.count
        nodes.append(Node(name: name, parent: parent, kind: kind, depth: depth, offset: offset, valueOffset: offset))
        nodes[parent].children.append(id)
        return id
    }
}
