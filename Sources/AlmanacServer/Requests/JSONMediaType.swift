/// Judges a Content-Type.
enum JSONMediaType {
    /// Whether a header's value says JSON: `application/json`, or any `+json` type, with any parameters.
    static func matches(_ contentType: String) -> Bool {
        let type = contentType.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
        return type == "application/json" || (type.contains("/") && type.hasSuffix("+json"))
    }
}
