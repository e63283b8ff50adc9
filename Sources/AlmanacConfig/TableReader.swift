import TOMLKit

/// Reads one table, key by key: each call names a key with its format, and whatever is left at the end is unknown.
///
/// Faults go to the collector and reading goes on, so that one pass finds them all.
struct TableReader {
    private let document: TOMLDocument
    private let faults: FaultCollector
    private let substitution: Substitution
    /// The keys that lead to it.
    private let path: [String]
    private let table: TOMLTable
    /// Its place in the outline; nil where the outline does not know it.
    private let node: TOMLOutline.NodeID?
    /// The keys that are there, in the order of the file.
    private let keys: [String]
    /// The keys that were asked for, in that order.
    private var known: [String] = []
    /// The keys that have been refused or ignored already.
    private var settled: [String] = []

    private init(
        document: TOMLDocument,
        faults: FaultCollector,
        substitution: Substitution,
        path: [String],
        table: TOMLTable,
        node: TOMLOutline.NodeID?
    ) {
        self.document = document
        self.faults = faults
        self.substitution = substitution
        self.path = path
        self.table = table
        self.node = node
        let located = node.map { document.outline[$0].children.compactMap { document.outline[$0].name } } ?? []
        // TOMLKit never frees the copies that it gives out of its keys: take the outline's, unless they were not all.
        keys = located.count == table.count ? located : table.keys
    }

    /// Reads the root table, and reports the keys that the body has not asked for.
    static func read<Result>(
        _ document: TOMLDocument,
        faults: FaultCollector,
        substitution: Substitution,
        _ body: (inout TableReader) -> Result
    ) -> Result {
        TableReader(
            document: document,
            faults: faults,
            substitution: substitution,
            path: [],
            table: document.root,
            node: TOMLOutline.root
        )
        .readAll(body)
    }

    private consuming func readAll<Result>(_ body: (inout TableReader) -> Result) -> Result {
        let result = body(&self)
        reportUnknownKeys()
        return result
    }

    // MARK: Keys

    /// Whether the key is there, whatever its value.
    func contains(_ key: String) -> Bool {
        keys.contains(key)
    }

    /// The value of a key; nil where it is not there, or at fault.
    mutating func optional<Value>(_ key: String, _ format: @autoclosure () -> ValueFormat<Value>) -> Value? {
        known.append(key)
        return value(of: key).flatMap { read($0, as: format(), key: key) }
    }

    private func read<Value>(_ value: LocatedValue, as format: ValueFormat<Value>, key: String) -> Value? {
        do throws(ValueFault) {
            return try format.read(format.isVerbatim ? value : substitution.resolved(value))
        } catch {
            report(error.message, at: error.offset, key: key)
            return nil
        }
    }

    /// The value of a key; the default where it is not there, or at fault.
    mutating func value<Value>(
        _ key: String,
        _ format: @autoclosure () -> ValueFormat<Value>,
        default defaultValue: @autoclosure () -> Value
    ) -> Value {
        optional(key, format()) ?? defaultValue()
    }

    /// The value of a key that has to be there; nil where it is not, or at fault.
    ///
    /// - Parameter example: the line that the fault proposes.
    mutating func required<Value>(_ key: String, _ format: ValueFormat<Value>, example: String) -> Value? {
        if !contains(key) { report("missing; add a line such as \(example)", at: offset, key: key) }
        return optional(key, format)
    }

    /// The elements of an array; nil where it is not there, or one of them at fault.
    ///
    /// - Parameter expectation: what a value that is no array should have been.
    mutating func array<Element>(
        _ key: String,
        of format: ValueFormat<Element>,
        expecting expectation: String
    ) -> [Element]? {
        known.append(key)
        guard let elements = elements(of: key, expecting: expectation) else { return nil }
        let values = elements.compactMap { read($0, as: format, key: key) }
        return values.count == elements.count ? values : nil
    }

    /// The elements of an array, or the one value that stands in its place; nil where it is not there, or one of them at fault.
    mutating func oneOrMore<Element>(
        _ key: String,
        of format: ValueFormat<Element>,
        expecting expectation: String
    ) -> [Element]? {
        guard case .string = value(of: key)?.content else { return array(key, of: format, expecting: expectation) }
        return optional(key, format).map { [$0] }
    }

    /// The variables of a table such as `env`, those at fault left out; nil where there is no table.
    mutating func variables(_ key: String, areSecret: Bool = false) -> [String: String]? {
        known.append(key)
        guard let inner = inner(key, isSecret: areSecret) else { return nil }
        var variables: [String: String] = [:]
        for name in inner.keys {
            guard var value = inner.presentValue(of: name) else { continue }
            value.isSecret = areSecret
            let shownName = TOMLKey.text(of: [name])
            if !VariableName.isValid(name.utf8) {
                let offset = inner.child(name).map { document.outline[$0].offset }
                inner.report("not a variable's name; expected \(VariableName.rule)", at: offset, key: shownName)
            } else if let text = inner.read(value, as: .variable, key: shownName) {
                variables[name] = text
            }
        }
        return variables
    }

    // MARK: Tables

    /// Reads the table of that name, if there is one.
    mutating func table(_ key: String, _ body: (inout TableReader) -> Void) {
        known.append(key)
        inner(key)?.readAll(body)
    }

    /// Reads each of the tables `[key.NAME]`, in the order of the file.
    mutating func tables(_ key: String, _ body: (_ name: String, _ table: inout TableReader) -> Void) {
        known.append(key)
        guard let outer = inner(key) else { return }
        for name in outer.keys {
            outer.inner(name)?.readAll { body(name, &$0) }
        }
    }

    /// Reads each of the tables that are elements of an array, `key = [{...}, {...}]` or `[[key]]`.
    ///
    /// - Parameter example: an element for the message.
    mutating func tables(inArray key: String, example: String, _ body: (inout TableReader) -> Void) {
        known.append(key)
        let expectation = "an array of tables such as [\(example)]"
        for element in elements(of: key, expecting: expectation) ?? [] {
            guard case .table(let table) = element.content else {
                report(element.mismatch("a table such as \(example)").message, at: element.offset, key: key)
                continue
            }
            reader(of: table, key: key, node: element.node).readAll(body)
        }
    }

    /// Reads each element of an array that holds strings and tables, in its order.
    ///
    /// - Parameter example: elements for the message.
    mutating func elements(
        _ key: String,
        _ format: ValueFormat<String>,
        example: String,
        string: (String) -> Void,
        table: (inout TableReader) -> Void
    ) {
        known.append(key)
        for element in elements(of: key, expecting: "an array such as [\(example)]") ?? [] {
            if case .table(let inner) = element.content {
                reader(of: inner, key: key, node: element.node).readAll(table)
            } else if let text = read(element, as: format, key: key) {
                string(text)
            }
        }
    }

    /// The reader of a table within this one; nil where there is none, or a fault in its place.
    private func inner(_ key: String, isSecret: Bool = false) -> TableReader? {
        guard var value = presentValue(of: key) else { return nil }
        value.isSecret = isSecret
        guard case .table(let table) = value.content else {
            let expectation = "a table, written as [\(TOMLKey.text(of: path + [key]))]"
            report(value.mismatch(expectation).message, at: value.offset, key: key)
            return nil
        }
        return reader(of: table, key: key, node: child(key))
    }

    private func reader(of table: TOMLTable, key: String, node: TOMLOutline.NodeID?) -> TableReader {
        TableReader(
            document: document,
            faults: faults,
            substitution: substitution,
            path: path + [key],
            table: table,
            node: node
        )
    }

    /// The elements of an array; nil where there is none, or a fault in its place.
    private func elements(of key: String, expecting expectation: String) -> [LocatedValue]? {
        guard let value = value(of: key) else { return nil }
        guard case .array(let array) = value.content else {
            report(value.mismatch(expectation).message, at: value.offset, key: key)
            return nil
        }
        let nodes = value.node.map { document.outline[$0].children } ?? []
        return array.indices.map { index in
            LocatedValue(array[index], node: nodes.count == array.count ? nodes[index] : nil, document: document)
        }
    }

    // MARK: Faults

    /// Notes a fault of the table as such.
    func report(_ message: String) {
        report(message, at: offset, key: nil)
    }

    /// Notes a fault of a key, at the table where the key is not there.
    func report(_ message: String, key: String) {
        report(message, at: offset(of: key), key: key)
    }

    /// Notes what is no fault of a key, but that somebody should know of.
    func warn(_ message: String, key: String) {
        faults.warn(message, at: offset(of: key), table: path.isEmpty ? nil : TOMLKey.text(of: path), key: key)
    }

    /// Refuses keys that belong to another program or another table, or ignores them with a warning.
    mutating func settle(_ foreignKeys: [ForeignKey]) {
        let unknown = keys.filter { !known.contains($0) }
        guard !unknown.isEmpty else { return }
        for foreign in foreignKeys where unknown.contains(foreign.name) {
            guard let value = value(of: foreign.name) else { continue }
            settled.append(foreign.name)
            if foreign.isHarmless(value) {
                warn("ignored: \(foreign.reason)", key: foreign.name)
            } else {
                report(foreign.advice.map { "\(foreign.reason); \($0)" } ?? foreign.reason, key: foreign.name)
            }
        }
    }

    private func report(_ message: String, at offset: Int?, key: String?) {
        faults.report(message, at: offset, table: path.isEmpty ? nil : TOMLKey.text(of: path), key: key)
    }

    private func reportUnknownKeys() {
        for key in keys where !known.contains(key) && !settled.contains(key) {
            let offset = child(key).map { document.outline[$0].offset }
            if path.isEmpty {
                report(adviceOnUnknownTable(key), at: offset, key: nil)
            } else {
                report("unknown key \(Quotation(key))" + suggestion(for: key), at: offset, key: TOMLKey.text(of: [key]))
            }
        }
    }

    private func suggestion(for key: String) -> String {
        if let nearest = NearestName.nearest(to: key, among: known) { return #"; did you mean "\#(nearest)"?"# }
        // A short list is of more help than none.
        guard known.count <= 6 else { return "" }
        return "; expected " + Choice.list(known)
    }

    /// What to say of a key that stands in no table, or of a table that nobody knows.
    private func adviceOnUnknownTable(_ key: String) -> String {
        let name = TOMLKey.text(of: [key])
        guard case .table(let table) = value(of: key)?.content else {
            return "unknown key \(Quotation(key)) outside of any table; move it below the header of its table"
        }
        let advice =
            if let nearest = NearestName.nearest(to: key, among: known) {
                "did you mean [\(nearest)]?"
            } else if table.contains(key: "run") {
                "did you mean [tasks.\(name)]?"
            } else {
                "expected " + Choice.list(known.map { "[\($0)]" }, quoted: false)
            }
        return "unknown table [\(name)]; \(advice)"
    }

    // MARK: The document

    private func child(_ key: String) -> TOMLOutline.NodeID? {
        node.flatMap { document.outline.child(key, of: $0) }
    }

    private func value(of key: String) -> LocatedValue? {
        contains(key) ? presentValue(of: key) : nil
    }

    /// The value of one of `keys`, without a look for it among them: a table of tasks has thousands.
    private func presentValue(of key: String) -> LocatedValue? {
        table[key].map { LocatedValue($0, node: child(key), document: document) }
    }

    private func offset(of key: String) -> Int? {
        child(key).map { document.outline[$0].offset } ?? offset
    }

    private var offset: Int? {
        node.map { document.outline[$0].offset }
    }
}
