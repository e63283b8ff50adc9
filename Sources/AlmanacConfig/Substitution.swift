/// Replaces `${NAME}`, `${NAME:-DEFAULT}` and `${file:PATH}` in the strings of a configuration.
///
/// `$${` stands for `${`; a `$` before anything else is a `$`. What a variable holds is taken as it is; what a file
/// holds too, without the blanks around it, except that each `${file:PATH}` in it is followed.
struct Substitution {
    /// The most bytes that a value may come to.
    static let longestText = 64 << 10

    let environment: [String: String]
    let files: ReferencedFiles

    /// What is wrong with a placeholder.
    struct Fault: Error, Equatable {
        let message: String
        /// Where it begins, in code points from 1.
        let column: Int
    }

    /// The value with its placeholders replaced; the same value where it has none, or is no string.
    func resolved(_ value: LocatedValue) throws(ValueFault) -> LocatedValue {
        guard case .string(let text) = value.content, text.utf8.contains(UInt8(ascii: "$")) else { return value }
        do throws(Fault) {
            guard let replaced = try self.text(text, isSecret: value.isSecret) else { return value }
            return value.replaced(by: replaced)
        } catch {
            throw ValueFault(error.message, at: value.offset(ofColumn: error.column))
        }
    }

    /// A text with its placeholders replaced; nil where it has none.
    func text(_ text: String, isSecret: Bool = false) throws(Fault) -> String? {
        var result = ""
        var hasPlaceholders = false
        var rest = text.unicodeScalars[...]
        while let dollar = rest.firstIndex(of: "$") {
            result.unicodeScalars += rest[..<dollar]
            rest = rest[dollar...]
            if rest.starts(with: "$${".unicodeScalars) {
                result += "${"
                rest = rest.dropFirst(3)
                hasPlaceholders = true
            } else if rest.starts(with: "${".unicodeScalars) {
                let column = text.unicodeScalars.distance(from: text.startIndex, to: dollar) + 1
                guard let end = rest.firstIndex(of: "}") else {
                    throw Fault(
                        message: #""${" has no "}" behind it; write "$${" for these two characters themselves"#,
                        column: column
                    )
                }
                let name = String(rest[rest.index(dollar, offsetBy: 2)..<end])
                do throws(ReferencedFiles.Fault) {
                    result += try replacement(for: name, isSecret: isSecret)
                } catch {
                    throw Fault(message: error.message, column: column)
                }
                rest = rest[rest.index(after: end)...]
                hasPlaceholders = true
                guard result.utf8.count <= Self.longestText else {
                    throw Fault(message: "the value comes to more than \(ByteCount(Self.longestText))", column: column)
                }
            } else {
                result += "$"
                rest = rest.dropFirst()
            }
        }
        guard hasPlaceholders else { return nil }
        result.unicodeScalars += rest
        return result
    }

    /// What `${name}` stands for.
    private func replacement(for name: String, isSecret: Bool) throws(ReferencedFiles.Fault) -> String {
        if let path = name.withoutPrefix("file:") {
            var chain = FileChain(files: files, longestText: Self.longestText)
            do throws(FileChain.Fault) {
                return try chain.text(ofFileAt: path)
            } catch {
                throw ReferencedFiles.Fault(message: "\(Quotation("${file:\(path)}")): \(error.message)")
            }
        }
        let separator = name.firstRange(of: ":-")
        let variable = separator.map { String(name[..<$0.lowerBound]) } ?? name
        guard VariableName.isValid(variable.utf8) else {
            // In a secret it may well be a part of the secret.
            let subject = isSecret ? #"what follows "${""# : "\(Quotation("${\(name)}"))"
            throw ReferencedFiles.Fault(
                message: "\(subject) is no placeholder; expected ${NAME}, ${NAME:-DEFAULT} or ${file:PATH}, "
                    + #"and "$${" for these two characters themselves"#
            )
        }
        let value = environment[variable]
        if let separator {
            return value.flatMap { $0.isEmpty ? nil : $0 } ?? String(name[separator.upperBound...])
        }
        guard let value else {
            throw ReferencedFiles.Fault(
                message: "the environment variable \(variable) is not set; set it for the daemon, or write "
                    + "${\(variable):-DEFAULT}"
            )
        }
        return value
    }
}

extension String {
    fileprivate func withoutPrefix(_ prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}
