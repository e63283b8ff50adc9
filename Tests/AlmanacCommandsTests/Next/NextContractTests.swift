import AlmanacCalendar
import Testing

@testable import AlmanacCommands

/// `spec/occurrences.md` section 5: a request line and its answer.
struct ContractLine: CustomTestStringConvertible {
    let rule: String
    let request: String
    let answer: String

    init(_ rule: String, _ request: String, _ answer: String) {
        self.rule = rule
        self.request = request
        self.answer = answer
    }

    var testDescription: String { rule }

    static let answered = [
        ContractLine(
            "the example of the specification",
            #"{"expr":"30 2 * * *","zone":"Europe/Berlin","from":"2026-03-28T12:00:00Z","count":2,"dst_gap":"run","#
                + #""dst_fold":"first","skipped":true}"#,
            #"{"occurrences":[{"at":"2026-03-29T01:00:00Z","tick":"2026-03-29T02:30:00","kind":"fire","reason":"gap"},"#
                + #"{"at":"2026-03-30T00:30:00Z","tick":"2026-03-30T02:30:00","kind":"fire"}]}"#
        ),
        ContractLine(
            "the zone is the system's and from is now, unless given",
            #"{"expr":"30 2 * * *","count":1}"#,
            #"{"occurrences":[{"at":"2026-03-29T01:00:00Z","tick":"2026-03-29T02:30:00","kind":"fire","reason":"gap"}]}"#
        ),
        ContractLine(
            "a gap can be skipped",
            #"{"expr":"30 2 * * *","count":1,"dst_gap":"skip","skipped":true}"#,
            #"{"occurrences":[{"at":"2026-03-29T01:00:00Z","tick":"2026-03-29T02:30:00","kind":"dst_skipped","reason":"gap"}]}"#
        ),
        ContractLine(
            "dst_skipped ones are listed only if asked for",
            #"{"expr":"30 2 * * *","count":1,"dst_gap":"skip"}"#,
            #"{"occurrences":[{"at":"2026-03-30T00:30:00Z","tick":"2026-03-30T02:30:00","kind":"fire"}]}"#
        ),
        ContractLine(
            "dst_skipped ones count where they are listed",
            #"{"expr":"0,30 2 * * *","count":2,"skipped":true}"#,
            #"{"occurrences":[{"at":"2026-03-29T01:00:00Z","tick":"2026-03-29T02:00:00","kind":"fire","reason":"gap"},"#
                + #"{"at":"2026-03-29T01:00:00Z","tick":"2026-03-29T02:30:00","kind":"dst_skipped","reason":"gap"}]}"#
        ),
        ContractLine(
            "a fold fires at the first",
            #"{"expr":"30 2 * * *","from":"2026-10-24T12:00:00Z","count":2,"skipped":true}"#,
            #"{"occurrences":[{"at":"2026-10-25T00:30:00Z","tick":"2026-10-25T02:30:00","kind":"fire","reason":"fold"},"#
                + #"{"at":"2026-10-25T01:30:00Z","tick":"2026-10-25T02:30:00","kind":"dst_skipped","reason":"fold"}]}"#
        ),
        ContractLine(
            "a fold fires at the last",
            #"{"expr":"30 2 * * *","from":"2026-10-24T12:00:00Z","count":1,"dst_fold":"last"}"#,
            #"{"occurrences":[{"at":"2026-10-25T01:30:00Z","tick":"2026-10-25T02:30:00","kind":"fire","reason":"fold"}]}"#
        ),
        ContractLine(
            "from is exclusive, until inclusive, and until lifts the default count",
            #"{"expr":"* * * * *","zone":"UTC","from":"2026-01-01T00:00:00Z","until":"2026-01-01T00:12:00Z"}"#,
            #"{"occurrences":["#
                + (1...12).map { minute in
                    let time = "2026-01-01T00:\(minute < 10 ? "0" : "")\(minute):00"
                    return #"{"at":"\#(time)Z","tick":"\#(time)","kind":"fire"}"#
                }.joined(separator: ",") + "]}"
        ),
        ContractLine(
            "without until ten are listed",
            #"{"expr":"@daily","zone":"UTC","from":"2026-01-01T00:00:00Z"}"#,
            #"{"occurrences":["#
                + (2...11).map { day in
                    let time = "2026-01-\(day < 10 ? "0" : "")\(day)T00:00:00"
                    return #"{"at":"\#(time)Z","tick":"\#(time)","kind":"fire"}"#
                }.joined(separator: ",") + "]}"
        ),
        ContractLine(
            "an offset is understood and a fraction cut off",
            #"{"expr":"@every 90s","from":"2026-03-28T12:00:00.9+01:00","count":1}"#,
            #"{"occurrences":[{"at":"2026-03-28T11:01:30Z","kind":"fire"}]}"#
        ),
        ContractLine("@reboot has no times", #"{"expr":"@reboot"}"#, #"{"occurrences":[]}"#),
        ContractLine(
            "an empty window",
            #"{"expr":"* * * * *","from":"2026-01-01T00:00:00Z","until":"2026-01-01T00:00:00Z"}"#,
            #"{"occurrences":[]}"#
        ),
        ContractLine(
            "results stay below the year 10000",
            #"{"expr":"0 0 31 12 *","zone":"UTC","from":"9998-12-30T00:00:00Z"}"#,
            #"{"occurrences":[{"at":"9998-12-31T00:00:00Z","tick":"9998-12-31T00:00:00","kind":"fire"},"#
                + #"{"at":"9999-12-31T00:00:00Z","tick":"9999-12-31T00:00:00","kind":"fire"}]}"#
        ),
        ContractLine(
            "a null is an absent member",
            #"{"expr":"@reboot","zone":null,"count":null}"#,
            #"{"occurrences":[]}"#
        ),
        ContractLine(
            "blanks and the end of a DOS line are JSON's own",
            " { \"expr\" : \"@reboot\" , \"skipped\" : false }\r",
            #"{"occurrences":[]}"#
        ),
    ]

    static let refused = [
        ContractLine(
            "the example of a wrong minute",
            #"{"expr":"61 * * * *"}"#,
            #"{"error":{"field":"minute","column":1,"message":"61 is not a minute; expected 0 to 59"}}"#
        ),
        ContractLine("the number of fields", #"{"expr":"* * *"}"#, #"{"error":{"field":"expression","column":1,"#),
        ContractLine(
            "columns are counted in the expression as given",
            #"{"expr":" 1  61 * * *"}"#,
            #"{"error":{"field":"hour","column":5,"#
        ),
        ContractLine("never fires", #"{"expr":"0 0 30 2 *"}"#, #"{"error":{"field":"expression","column":1,"#),
        ContractLine(
            "an unknown zone",
            #"{"expr":"* * * * *","zone":"Mars"}"#,
            #"{"error":{"field":"zone","column":1,"message":"there is no zone Mars"}}"#
        ),
        ContractLine(
            "a zone of another type",
            #"{"expr":"* * * * *","zone":1}"#,
            #"{"error":{"field":"zone","column":1,"#
        ),
        ContractLine(
            "a wrong from",
            #"{"expr":"* * * * *","from":"yesterday"}"#,
            #"{"error":{"field":"from","column":1,"#
        ),
        ContractLine(
            "a time without an offset",
            #"{"expr":"* * * * *","until":"2026-01-01T00:00:00"}"#,
            #"{"error":{"field":"until","column":1,"#
        ),
        ContractLine(
            "a year beyond 9999",
            #"{"expr":"* * * * *","until":"10000-01-01T00:00:00Z"}"#,
            #"{"error":{"field":"until","column":1,"#
        ),
        ContractLine("no count", #"{"expr":"* * * * *","count":0}"#, #"{"error":{"field":"count","column":1,"#),
        ContractLine(
            "too large a count",
            #"{"expr":"* * * * *","count":1000001}"#,
            #"{"error":{"field":"count","column":1,"#
        ),
        ContractLine(
            "a count of 20 digits",
            #"{"expr":"* * * * *","count":99999999999999999999}"#,
            #"{"error":{"field":"count","column":1,"#
        ),
        ContractLine("a broken count", #"{"expr":"* * * * *","count":1.5}"#, #"{"error":{"field":"count","column":1,"#),
        ContractLine(
            "a count in quotes",
            #"{"expr":"* * * * *","count":"1"}"#,
            #"{"error":{"field":"count","column":1,"#
        ),
        ContractLine(
            "an unknown gap policy",
            #"{"expr":"* * * * *","dst_gap":"jump"}"#,
            #"{"error":{"field":"dst_gap","column":1,"#
        ),
        ContractLine(
            "an unknown fold policy",
            #"{"expr":"* * * * *","dst_fold":"second"}"#,
            #"{"error":{"field":"dst_fold","column":1,"#
        ),
        ContractLine(
            "skipped of another type",
            #"{"expr":"* * * * *","skipped":1}"#,
            #"{"error":{"field":"request","column":1,"#
        ),
        ContractLine(
            "an unknown member",
            #"{"expr":"* * * * *","zoen":"UTC"}"#,
            #"{"error":{"field":"request","column":1,"#
        ),
        ContractLine("no expression", #"{"zone":"UTC"}"#, #"{"error":{"field":"request","column":1,"#),
        ContractLine(
            "an expression of another type",
            #"{"expr":["* * * * *"]}"#,
            #"{"error":{"field":"request","column":1,"#
        ),
        ContractLine("no JSON", "30 2 * * *", #"{"error":{"field":"request","column":1,"#),
        ContractLine("half of an object", #"{"expr":"* * * * *""#, #"{"error":{"field":"request","column":1,"#),
        ContractLine("a comma too many", #"{"expr":"* * * * *",}"#, #"{"error":{"field":"request","column":1,"#),
        ContractLine("no object", #"["* * * * *"]"#, #"{"error":{"field":"request","column":1,"#),
        ContractLine("null", "null", #"{"error":{"field":"request","column":1,"#),
        ContractLine("an empty line", "", #"{"error":{"field":"request","column":1,"#),
    ]
}

@Suite("almanac next --stdin answers each line with one line")
struct NextContractTests {
    private func answers(to input: String, withLocalTime: Bool = false) throws -> String {
        let requests = ScratchFile(input)
        var lines = RequestLines(descriptor: requests.descriptor)
        var output = OutputBuffer()
        let now = try ZoneFixtures.instant("2026-03-28T12:00:00Z")
        try NextService(zones: ZoneFixtures.zones, withLocalTime: withLocalTime)
            .answer(&lines, into: &output) { now }
        return output.text
    }

    @Test("right requests are answered to the letter", arguments: ContractLine.answered)
    func answered(_ line: ContractLine) throws {
        #expect(try answers(to: line.request + "\n") == line.answer + "\n")
    }

    @Test("wrong requests are told where they are wrong", arguments: ContractLine.refused)
    func refused(_ line: ContractLine) throws {
        let answer = try answers(to: line.request + "\n")
        #expect(answer.hasPrefix(line.answer))
        #expect(answer.hasSuffix("\"}}\n") || answer == line.answer + "\n")
    }

    @Test("answers come in the order of the requests, the last one without a newline too")
    func order() throws {
        let lines = ContractLine.answered + ContractLine.refused.prefix(1)
        let input = lines.map(\.request).joined(separator: "\n")
        #expect(try answers(to: input) == lines.map { $0.answer + "\n" }.joined())
    }

    @Test("no request, no answer")
    func nothing() throws {
        #expect(try answers(to: "") == "")
    }

    @Test("--json adds local, with the seconds of old offsets")
    func localTime() throws {
        let request = #"{"expr":"0 9 * * *","zone":"Local/Odd","from":"2026-01-01T00:00:00Z","count":1}"#
        #expect(
            try answers(to: request, withLocalTime: true)
                == #"{"occurrences":[{"at":"2026-01-01T08:06:32Z","local":"2026-01-01T09:00:00+00:53:28","#
                + #""tick":"2026-01-01T09:00:00","kind":"fire"}]}"# + "\n"
        )
    }

    @Test("an answer is written before the next request is read")
    func flushing() throws {
        let requests = ScratchFile("{\"expr\":\"@reboot\"}\n{\"expr\":\"@reboot\"}\n")
        let answers = ScratchFile()
        var lines = RequestLines(descriptor: requests.descriptor)
        var output = OutputBuffer(descriptor: answers.descriptor)
        // The clock is asked once a request: at the second one the first answer must be there already.
        var written: [String] = []
        try NextService(zones: ZoneFixtures.zones, withLocalTime: false).answer(&lines, into: &output) {
            written.append(answers.text)
            return .minimum
        }
        #expect(written == ["", "{\"occurrences\":[]}\n"])
    }
}
