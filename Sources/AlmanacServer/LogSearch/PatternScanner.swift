import AlmanacModel

/// Runs a program over lines.
final class PatternScanner: LineScanning {
    private let steps: [PatternProgram.Step]
    /// The steps that the machine is in, and whether a step is among them: those of the character that is read, and of the next one.
    private var present: [Int] = []
    private var coming: [Int] = []
    private var marks: [Int]
    private var mark = 0
    private var waiting: [Int] = []
    private(set) var work = 0

    init(_ program: PatternProgram) {
        steps = program.steps
        marks = Array(repeating: 0, count: program.steps.count)
    }

    func finds(_ line: [UInt8]) -> Bool {
        present.removeAll(keepingCapacity: true)
        var previous: Unicode.Scalar?
        // Bytes that are no UTF-8 are U+FFFD, as they are shown.
        let text = String(decoding: line, as: UTF8.self)
        var characters = text.unicodeScalars.makeIterator()
        var character = characters.next()
        while true {
            // A match may begin here, whatever has begun before.
            mark += 1
            let edges = Edges(before: previous, after: character)
            coming.removeAll(keepingCapacity: true)
            if present.contains(where: { enter($0, edges) }) || enter(0, edges) { return true }
            guard let current = character else { return false }
            swap(&present, &coming)
            advance(over: current)
            previous = current
            character = characters.next()
        }
    }

    /// What lies around a place between two characters.
    private struct Edges {
        var before: Unicode.Scalar?
        var after: Unicode.Scalar?

        func has(_ edge: PatternSyntax.Edge) -> Bool {
            switch edge {
            case .begin: before == nil
            case .end: after == nil
            case .wordBoundary: isWord(before) != isWord(after)
            case .noWordBoundary: isWord(before) == isWord(after)
            }
        }

        private func isWord(_ character: Unicode.Scalar?) -> Bool { character?.isWordCharacter == true }
    }

    /// Takes the steps that take a character; where they lead to is entered at the next place.
    private func advance(over character: Unicode.Scalar) {
        var kept = 0
        for step in present {
            guard case .take(let set) = steps[step] else { continue }
            work += 1 + set.ranges.count
            guard set.contains(character) else { continue }
            present[kept] = step + 1
            kept += 1
        }
        present.removeLast(present.count - kept)
    }

    /// Follows a step to those that take a character.
    ///
    /// - Returns: whether the end of the program is reached.
    private func enter(_ start: Int, _ edges: Edges) -> Bool {
        waiting.append(start)
        while let step = waiting.popLast() {
            guard marks[step] != mark else { continue }
            marks[step] = mark
            work += 1
            switch steps[step] {
            case .found:
                waiting.removeAll(keepingCapacity: true)
                return true
            case .take: coming.append(step)
            case .jump(let target): waiting.append(target)
            case .split(let first, let second):
                waiting.append(second)
                waiting.append(first)
            case .edge(let edge):
                if edges.has(edge) { waiting.append(step + 1) }
            }
        }
        return false
    }
}
