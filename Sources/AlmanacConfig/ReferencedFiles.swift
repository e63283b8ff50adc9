/// The files that a configuration refers to, each read once while it is loaded.
final class ReferencedFiles {
    /// The most bytes of a file whose text becomes a part of a value.
    static let textLimit = 64 << 10
    /// The most bytes of a file of variables.
    static let dotenvLimit = 1 << 20

    /// The text of a file, without the blanks and line ends around it.
    struct Text {
        let text: String
        let identity: FileContents.Identity
    }

    /// Why a file is of no use; the message does not name it, and shows nothing of what it holds.
    struct Fault: Error, Hashable {
        let message: String
    }

    let base: PathBase
    private var texts: [String: Result<Text, Fault>] = [:]
    private var dotenvs: [String: Result<DotenvFile, Fault>] = [:]

    init(base: PathBase) {
        self.base = base
    }

    /// The text of `${file:PATH}`.
    func text(at path: String) throws(Fault) -> Text {
        let path = try absolute(path)
        if let known = texts[path] { return try known.get() }
        let result = Result<Text, Fault> { () throws(Fault) in
            let contents = try Self.contents(at: path, upTo: Self.textLimit)
            guard !contents.bytes.contains(0) else { throw Fault(message: "the file holds a NUL character") }
            guard let text = try? String(copying: UTF8Span(validating: contents.bytes.span)) else {
                throw Fault(message: "the text of the file is not UTF-8")
            }
            return Text(text: text.trimmingBlanks(), identity: contents.identity)
        }
        texts[path] = result
        return try result.get()
    }

    /// The variables of `env_file` or `secrets_file`.
    func dotenv(at path: String) throws(Fault) -> DotenvFile {
        let path = try absolute(path)
        if let known = dotenvs[path] { return try known.get() }
        let result = Result<DotenvFile, Fault> { () throws(Fault) in
            DotenvFile(try Self.contents(at: path, upTo: Self.dotenvLimit).bytes)
        }
        dotenvs[path] = result
        return try result.get()
    }

    private func absolute(_ path: String) throws(Fault) -> String {
        do {
            return try base.absolute(path)
        } catch {
            throw Fault(message: error.message)
        }
    }

    private static func contents(at path: String, upTo limit: Int) throws(Fault) -> FileContents {
        do {
            return try FileContents(path: path, upTo: limit, isRegular: true)
        } catch {
            throw Fault(message: error.message)
        }
    }
}

extension String {
    /// The string without the white space around it.
    fileprivate func trimmingBlanks() -> String {
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }
}
