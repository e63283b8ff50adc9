import AlmanacServer
import Testing

@Suite("A request that two programs would read in two ways is refused, and its connection closed")
struct SmugglingTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// What stands between the request line with its Host and the end of the head.
        var fields: String
        var body = ""
        var line = "POST /api/tasks/hello/run HTTP/1.1\r\n"

        init(_ description: String, _ fields: String, _ body: String = "") {
            testDescription = description
            self.fields = fields
            self.body = body
        }

        init(_ description: String, line: String) {
            testDescription = description
            fields = ""
            self.line = line
        }
    }

    /// What would be the second request, to be made by whoever is fooled.
    static let inner = "POST /api/tasks/skips/run HTTP/1.1\r\nHost: localhost\r\n\r\n"

    static let chunks = "0\r\n\r\n"

    static let rows = [
        Row("a length and chunks", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", chunks),
        Row("chunks and a length", "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", chunks),
        Row("two lengths", "Content-Length: 0\r\nContent-Length: 5\r\n", "hello"),
        Row("two equal lengths", "Content-Length: 0\r\nContent-Length: 0\r\n"),
        Row("a list of lengths", "Content-Length: 0, 5\r\n", "hello"),
        Row("a length with a sign", "Content-Length: +0\r\n"),
        Row("a negative length", "Content-Length: -1\r\n"),
        Row("a length with a blank inside", "Content-Length: 0 0\r\n"),
        Row("a length in hexadecimal", "Content-Length: 0x0\r\n"),
        Row("a length without digits", "Content-Length: \r\n"),
        Row("a length that is too long", "Content-Length: 18446744073709551616\r\n"),
        Row("chunks twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", chunks),
        Row("chunks in chunks", "Transfer-Encoding: chunked, chunked\r\n", chunks),
        Row("chunks that are not last", "Transfer-Encoding: chunked, identity\r\n", chunks),
        Row("another coding", "Transfer-Encoding: xchunked\r\n", chunks),
        Row("another coding before chunks", "Transfer-Encoding: gzip, chunked\r\n", chunks),
        Row("a vertical tab before the coding", "Transfer-Encoding: \u{b}chunked\r\n", chunks),
        Row("a folded field", "X: a\r\n b\r\n"),
        Row("a folded coding", "Transfer-Encoding:\r\n chunked\r\n", chunks),
        Row("a blank before the colon", "Content-Length : 0\r\n"),
        Row("a tab before the colon", "Transfer-Encoding\t: chunked\r\n", chunks),
        Row("a blank before the name", " Content-Length: 0\r\n"),
        Row("no colon", "Content-Length\r\n"),
        Row("no name", ": x\r\n"),
        Row("a NUL in a name", "X\u{0}: a\r\n"),
        Row("a NUL in a value", "X: a\u{0}b\r\n"),
        Row("a carriage return in a value", "X: a\rY: b\r\n"),
        Row("a line feed alone", "X: a\nContent-Length: 0\r\n"),
        Row("a chunk's length with a sign", "Transfer-Encoding: chunked\r\n", "+0\r\n\r\n"),
        Row("a chunk's length with 0x", "Transfer-Encoding: chunked\r\n", "0x0\r\n\r\n"),
        Row("a chunk's length that is too long", "Transfer-Encoding: chunked\r\n", "10000000000000000\r\n"),
        Row("a chunk without its end", "Transfer-Encoding: chunked\r\n", "1\r\naa0\r\n\r\n"),
        Row("a chunk's line with a line feed alone", "Transfer-Encoding: chunked\r\n", "0\n\n"),
        Row("a method that is none", line: "GET\u{0} /health HTTP/1.1\r\n"),
        Row("another version", line: "POST /api/tasks/hello/run HTTP/1.2\r\n"),
        Row("HTTP/2's preface", line: "PRI * HTTP/2.0\r\n"),
        Row("HTTP/0.9", line: "GET /health\r\n"),
    ]

    @Test("Two blanks in a request's line are one")
    func blanks() async throws {
        try await RunningServer.run { server async throws in
            let text = "GET  /health  HTTP/1.1\r\nHost: localhost\r\n\r\n\(Self.inner)"
            let statuses = try await RawConnection.open(server.unix) { connection in
                try await connection.send(text)
                return [try await connection.answer()?.status, try await connection.answer()?.status]
            }
            #expect(statuses == [200, 201])
        }
    }

    @Test("Every shape", arguments: rows)
    func shape(_ row: Row) async throws {
        try await RunningServer.run { server async throws in
            let text = "\(row.line)Host: localhost\r\n\(row.fields)\r\n\(row.body)\(Self.inner)"
            let everything = try await RawConnection.open(server.unix) { connection in
                try await connection.send(text)
                return try await connection.rest()
            }
            #expect(everything.hasPrefix("HTTP/1.1 400 "), "\(everything)")
            #expect(
                everything.utf8.split(separator: UInt8(ascii: "\n")).count { $0.starts(with: "HTTP/1.1 ".utf8) } == 1
            )
            #expect(await server.fixture.ledger.requests.isEmpty)
        }
    }
}
