import Testing

@testable import AlmanacCommands

@Suite("Tables are aligned in columns")
struct TableTests {
    private func text(_ table: Table, colour: Colour = .off) -> String {
        var output = OutputBuffer()
        table.print(into: &output, colour: colour)
        return output.text
    }

    @Test("left and right, with nothing behind the last text")
    func alignment() {
        var table = Table(.init("NAME"), .init("SIZE", .right), .init("NOTE"))
        table.add("a", "5", "")
        table.add("long name", "1234567", "x")
        #expect(text(table) == "NAME          SIZE  NOTE\na                5\nlong name  1234567  x\n")
    }

    @Test("a column without a single text is left out")
    func emptyColumn() {
        var table = Table(.init("A"), .init("B"), .init("C"))
        table.add("1", "", "3")
        #expect(text(table) == "A  C\n1  3\n")
    }

    @Test("wide characters count two columns, combining marks none")
    func width() {
        var table = Table(.init("NAME"), .init("X"))
        table.add("日本語", "1")
        table.add("e\u{301}", "2")
        #expect(text(table) == "NAME    X\n日本語  1\ne\u{301}       2\n")
    }

    @Test("control characters cannot reach the terminal")
    func control() {
        var table = Table(.init("NAME"), .init("X"))
        table.add("a\u{1B}[31m\nb", "1")
        #expect(text(table) == "NAME      X\na\u{FFFD}[31m b  1\n")
    }

    @Test(
        "widths",
        arguments: [
            ("", 0), ("abc", 3), ("日本", 4), ("é", 1), ("e\u{301}", 1), ("👍", 2), ("👩‍👩‍👧", 2), ("☂️", 2), ("Ω", 1),
            ("…", 1),
        ]
    )
    func widths(text: String, width: Int) {
        #expect(text.displayWidth == width)
    }

    @Test("colour is for terminals alone")
    func colour() {
        let file = ScratchFile()
        #expect(Colour(descriptor: file.descriptor, environment: [:]) == .off)
        #expect(Colour.off.apply(.red, to: "x") == "x")
    }
}

@Suite("Durations are said as people say them")
struct ReadableDurationTests {
    @Test(
        "two units at most, the rest cut off",
        arguments: [
            (.zero, "0s"), (.nanoseconds(1), "<1ms"), (.microseconds(999), "<1ms"), (.milliseconds(1), "1ms"),
            (.milliseconds(350), "350ms"), (.milliseconds(999), "999ms"), (.seconds(1), "1s"),
            (.milliseconds(4250), "4.2s"),
            (.milliseconds(9999), "9.9s"), (.milliseconds(10_900), "10s"), (.seconds(59), "59s"), (.seconds(60), "1m"),
            (.seconds(310), "5m 10s"), (.seconds(3600), "1h"), (.seconds(3720), "1h 2m"), (.seconds(3779), "1h 2m"),
            (.seconds(86_399), "23h 59m"), (.seconds(86_400), "1d"), (.seconds(3 * 86_400 + 4 * 3600), "3d 4h"),
            (.seconds(365 * 86_400), "1y"), (.seconds(800 * 86_400), "2y 70d"), (.seconds(-90), "1m 30s"),
        ] as [(Duration, String)]
    )
    func readable(duration: Duration, text: String) {
        #expect(duration.readable == text)
    }
}
