import AlmanacModel
import GRDB

/// Where a text is that is searched for: in the names of which tasks, in ids or not, in how many messages.
///
/// Names come from `run_count`, which has each of them a few times; messages from the index of the few runs that have one. Ids are
/// made of 32 characters, so that most texts are in none, and nobody has to look.
struct RunSearch {
    private let text: String
    /// The tasks whose names hold the text.
    let names: [String]
    /// How many runs those tasks have.
    let named: Int
    /// How many runs have a message that holds it.
    let told: Int
    let mayBeInIDs: Bool

    init(_ text: String, from db: Database) throws {
        self.text = text
        // To LIKE a text ends there.
        guard !text.utf8.contains(0) else {
            (names, named, told, mayBeInIDs) = ([], 0, 0, false)
            return
        }
        let pattern = Self.pattern(text)
        let rows = try SQLRequest<Row>(
            literal: """
                SELECT task_name, sum(runs) FROM run_count WHERE task_name LIKE \(pattern) ESCAPE '\\'
                GROUP BY task_name HAVING sum(runs) > 0
                """
        ).fetchAll(db)
        names = rows.map { $0[0] }
        named = rows.reduce(0) { $0 + ($1[1] as Int) }
        told =
            try SQLRequest<Int>(
                literal: """
                    SELECT count(*) FROM run INDEXED BY run_message
                    WHERE message IS NOT NULL AND message LIKE \(pattern) ESCAPE '\\'
                    """
            ).fetchOne(db) ?? 0
        mayBeInIDs = Self.mayBeInID(text)
    }

    var findsNothing: Bool { names.isEmpty && told == 0 && !mayBeInIDs }

    /// Whether a run's task has a name that holds the text.
    var isNamed: SQL {
        switch names.count {
        case 0: "FALSE"
        case 1: "task_name = \(names[0])"
        case ...Self.mostNamed: "task_name IN \(names)"
        default: "task_name LIKE \(Self.pattern(text)) ESCAPE '\\'"
        }
    }

    /// The same of its name or its id, both of which are in the index `run_task`.
    var isNamedOrNumbered: SQL { mayBeInIDs ? "(\(isNamed) OR \(isNumbered))" : isNamed }

    var isNumbered: SQL { "instr(id, \(text.uppercased())) > 0" }

    /// The same of its message, in the words of the index `run_message`.
    var isTold: SQL { "message IS NOT NULL AND message LIKE \(Self.pattern(text)) ESCAPE '\\'" }

    /// The condition on a row.
    var condition: SQL {
        told == 0 ? isNamedOrNumbered : "(\(isNamedOrNumbered) OR (\(isTold)))"
    }

    /// The condition of a search whose text has not been looked for.
    static func condition(_ text: String) -> SQL {
        let pattern = pattern(text)
        return """
            (task_name LIKE \(pattern) ESCAPE '\\' OR id LIKE \(pattern) ESCAPE '\\' \
            OR message LIKE \(pattern) ESCAPE '\\')
            """
    }

    /// More names than these are matched by their pattern again.
    private static let mostNamed = 500

    private static func mayBeInID(_ text: String) -> Bool {
        let alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyz".utf8
        return text.utf8.count <= 26 && text.utf8.allSatisfy { alphabet.contains($0) }
    }

    /// The text with the wildcards of LIKE made plain, between two of them.
    private static func pattern(_ text: String) -> String {
        var pattern = "%"
        for character in text.unicodeScalars {
            if character == "%" || character == "_" || character == "\\" { pattern.unicodeScalars.append("\\") }
            pattern.unicodeScalars.append(character)
        }
        return pattern + "%"
    }
}
