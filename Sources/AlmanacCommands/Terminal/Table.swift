/// Rows in aligned columns, under one line of titles: what every listing prints.
///
/// Columns are two blanks apart. There are no lines or boxes, so that `awk` and `cut` can read it too.
struct Table {
    struct Column {
        enum Alignment {
            case left, right
        }

        let title: String
        let alignment: Alignment

        /// For tables that are printed in pieces, which are aligned one by one.
        let minimumWidth: Int

        init(_ title: String, _ alignment: Alignment = .left, minimumWidth: Int = 0) {
            self.title = title
            self.alignment = alignment
            self.minimumWidth = minimumWidth
        }
    }

    /// One field of a row. Control characters in its text are replaced.
    struct Cell: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
        let text: String
        let style: TextStyle?

        init(_ text: String, _ style: TextStyle? = nil) {
            self.text = text.printable
            self.style = style
        }

        init(stringLiteral text: String) {
            self.init(text)
        }
    }

    let columns: [Column]
    private(set) var rows: [[Cell]] = []

    init(_ columns: Column...) {
        self.columns = columns
    }

    /// Adds a row, which has a cell for each column.
    mutating func add(_ cells: Cell...) {
        precondition(
            cells.count == columns.count,
            "a row of \(cells.count) cells in a table of \(columns.count) columns"
        )
        rows.append(cells)
    }

    /// Prints the titles and the rows; no line ends in blanks. A column in which every cell is empty is left out.
    func print(into output: inout OutputBuffer, colour: Colour, titles: Bool = true) {
        let shown = columns.indices.filter { column in rows.contains { !$0[column].text.isEmpty } }
        let widths = shown.map { column in
            rows.reduce(max(columns[column].title.displayWidth, columns[column].minimumWidth)) {
                max($0, $1[column].text.displayWidth)
            }
        }
        if titles {
            appendRow(shown.map { Cell(columns[$0].title, .dim) }, shown, widths, into: &output, colour: colour)
        }
        for row in rows {
            appendRow(shown.map { row[$0] }, shown, widths, into: &output, colour: colour)
        }
    }

    private func appendRow(
        _ cells: [Cell],
        _ shown: [Int],
        _ widths: [Int],
        into output: inout OutputBuffer,
        colour: Colour
    ) {
        // Blanks are put before the next text, not behind the last one.
        var pendingBlanks = 0
        for (position, cell) in cells.enumerated() {
            let padding = widths[position] - cell.text.displayWidth
            let isRight = columns[shown[position]].alignment == .right
            if isRight { pendingBlanks += padding }
            if !cell.text.isEmpty {
                output.append(repeatElement(UInt8(ascii: " "), count: pendingBlanks))
                output.append(colour.apply(cell.style, to: cell.text))
                pendingBlanks = 0
            }
            if !isRight { pendingBlanks += padding }
            pendingBlanks += 2
        }
        output.appendLine()
    }
}
