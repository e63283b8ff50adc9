/// Reads a file of text with the files that it refers to by `${file:PATH}` in their places.
struct FileChain {
    /// How many files may be read for one placeholder.
    static let maximumFiles = 64

    /// Why there is no text; the message shows nothing of what a file holds, the paths in it included.
    enum Fault: Error, Equatable {
        case unusable(ReferencedFiles.Fault)
        /// The same of a file that another one refers to.
        case unusableInner(ReferencedFiles.Fault)
        case cycle
        case tooManyFiles
        case tooLong(limit: Int)

        var message: String {
            switch self {
            case .unusable(let fault): fault.message
            case .unusableInner(let fault): "a file that it refers to: \(fault.message)"
            case .cycle: "a cycle: the file leads back to itself by the ${file:...} that it holds"
            case .tooManyFiles: "it refers to more than \(maximumFiles) files"
            case .tooLong(let limit): "it comes to more than \(ByteCount(limit))"
            }
        }
    }

    let files: ReferencedFiles
    /// The most bytes that the text may come to.
    let longestText: Int
    /// The files that are being read, from the outermost.
    private var open: [FileContents.Identity] = []
    private var count = 0

    init(files: ReferencedFiles, longestText: Int) {
        self.files = files
        self.longestText = longestText
    }

    mutating func text(ofFileAt path: String) throws(Fault) -> String {
        count += 1
        guard count <= Self.maximumFiles else { throw .tooManyFiles }
        let file: ReferencedFiles.Text
        do throws(ReferencedFiles.Fault) {
            file = try files.text(at: path)
        } catch {
            throw open.isEmpty ? .unusable(error) : .unusableInner(error)
        }
        guard !open.contains(file.identity) else { throw .cycle }
        open.append(file.identity)
        defer { open.removeLast() }

        var result = ""
        var rest = file.text[...]
        while let start = rest.firstRange(of: "${file:"), let end = rest[start.upperBound...].firstIndex(of: "}") {
            result += rest[..<start.lowerBound]
            result += try text(ofFileAt: String(rest[start.upperBound..<end]))
            guard result.utf8.count <= longestText else { throw .tooLong(limit: longestText) }
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }
}
