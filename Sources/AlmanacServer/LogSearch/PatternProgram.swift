/// A regular expression as steps of a machine that is in many of them at once: the time that a line takes grows with its length,
/// whatever the pattern. Ken Thompson, Regular Expression Search Algorithm, 1968.
struct PatternProgram: Sendable {
    enum Step: Hashable, Sendable {
        case take(PatternSyntax.CharacterSet)
        case edge(PatternSyntax.Edge)
        case jump(Int)
        case split(Int, Int)
        case found
    }

    private(set) var steps: [Step] = []
    /// How many parts have been written out, those without a step among them.
    private var partCount = 0

    /// The most steps: what a line costs at worst, a character.
    static let mostSteps = 2000

    /// - Throws: `PatternError` for a text that is no pattern, and for one that is too large.
    init(_ text: String, ignoresCase: Bool) throws(PatternError) {
        let syntax = try PatternParser.parse(text, ignoresCase: ignoresCase)
        try add(syntax)
        steps.append(.found)
    }

    /// Finds a text in either case.
    init(literal text: String) {
        steps = text.unicodeScalars.map { .take(.init(ranges: [$0.value...$0.value], ignoresCase: true)) } + [.found]
    }

    private mutating func add(_ syntax: PatternSyntax) throws(PatternError) {
        partCount += 1
        guard steps.count < Self.mostSteps, partCount < 10 * Self.mostSteps else {
            throw PatternError(
                column: 1,
                message:
                    "with its repetitions written out, the pattern is too large: it has more than \(Self.mostSteps) steps"
            )
        }
        switch syntax {
        case .empty: break
        case .one(let set): steps.append(.take(set))
        case .edge(let edge): steps.append(.edge(edge))
        case .sequence(let parts):
            for part in parts { try add(part) }
        case .choice(let alternatives): try add(choice: alternatives)
        case .repetition(let part, let least, let most): try add(part, least: least, most: most)
        }
    }

    private mutating func add(choice alternatives: [PatternSyntax]) throws(PatternError) {
        var jumps: [Int] = []
        for (index, alternative) in alternatives.enumerated() {
            let isLast = index == alternatives.count - 1
            let split = steps.count
            if !isLast { steps.append(.split(split + 1, 0)) }
            try add(alternative)
            if isLast { break }
            jumps.append(steps.count)
            steps.append(.jump(0))
            steps[split] = .split(split + 1, steps.count)
        }
        for jump in jumps { steps[jump] = .jump(steps.count) }
    }

    private mutating func add(_ part: PatternSyntax, least: Int, most: Int?) throws(PatternError) {
        for _ in 0..<least { try add(part) }
        guard let most else {
            let split = steps.count
            steps.append(.split(split + 1, 0))
            try add(part)
            steps.append(.jump(split))
            steps[split] = .split(split + 1, steps.count)
            return
        }
        var splits: [Int] = []
        for _ in least..<most {
            splits.append(steps.count)
            steps.append(.split(0, 0))
            try add(part)
        }
        for split in splits { steps[split] = .split(split + 1, steps.count) }
    }
}
