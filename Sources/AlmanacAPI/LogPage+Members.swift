extension LogPage {
    package static var members: [String: WireMember] {
        [
            "lines": "The lines, in their order",
            "first_available": WireMember(
                "The number of the first line that is still there",
                JSONSchema(["minimum": 0])
            ),
            "total_lines": WireMember("How many lines there have been", JSONSchema(["minimum": 0])),
            "truncated": "Whether lines were dropped for the size limit",
            "finalized": "Whether the run has ended, so that no more lines can come",
        ]
    }
}

extension LogLine {
    package static var members: [String: WireMember] {
        [
            "n": WireMember("Its number, from 0", JSONSchema(["minimum": 0])),
            "ts": "When it was printed, in milliseconds since 1970",
            "stream": WireMember("What it was printed on; system for the daemon's own lines", .word(Words.streams)),
            "text": "Without the newline; bytes that are not UTF-8 are replaced by U+FFFD",
            "continued": "True where it goes on with the line before it of its stream",
            "partial": "True where no newline follows: it goes on in the next line of its stream, or is the last",
        ]
    }
}
