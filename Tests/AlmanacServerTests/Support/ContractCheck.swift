import AlmanacAPI
import Testing

/// Holds real answers against the document that the API serves. Every answer that a test gets goes through it.
enum ContractCheck {
    private static let document = OpenAPIDocument(version: "1.2.3")
    private static let check = SchemaCheck(components: document.schemas)

    static func examine(_ request: TestRequest, _ answer: Answer) {
        guard request.method != "HEAD" else { return }
        let place = "\(request.method) \(request.path): \(answer.status)"
        guard let (media, content) = expectation(request, answer) else {
            Issue.record("\(place) is not in the document")
            return
        }
        guard let media else {
            #expect(answer.body.isEmpty, "\(place)")
            return
        }
        let type = String((answer.headers["content-type"] ?? "").prefix { $0 != ";" })
        #expect(type == media, "\(place)")
        guard media.hasSuffix("json") else { return }
        do {
            let faults = check.faults(of: try answer.decode(JSONValue.self), content)
            #expect(faults.isEmpty, "\(place)")
        } catch {
            Issue.record("\(place) is not JSON: \(error)")
        }
    }

    /// The media type and the schema of an answer, as the document has them; no media type for one without a body.
    private static func expectation(_ request: TestRequest, _ answer: Answer) -> (String?, JSONValue)? {
        // Of an absolute target the path counts alone.
        let target = request.path.split(separator: "://", maxSplits: 1).last ?? ""
        let path = String(target.drop { $0 != "/" }.prefix { $0 != "?" })
        // A path without parameters comes before one with them.
        let operation = APIOperation.all
            .filter { $0.method.rawValue == request.method && Self.path($0.path, fits: path) }
            .min { $0.pathParameters.count < $1.pathParameters.count }
        let responses = operation.flatMap {
            document.value["paths"]?[$0.path]?[$0.method.rawValue.lowercased()]?["responses"]
        }
        guard let responses, let response = responses["\(answer.status)"] ?? responses["default"] else {
            // What is no operation is refused.
            guard answer.status >= 400 else { return nil }
            return (Problem.mediaType, ["$ref": .string("#/components/schemas/\(Problem.schemaName)")])
        }
        guard case .object(let content) = response["content"] else { return (nil, true) }
        let type = String((answer.headers["content-type"] ?? "").prefix { $0 != ";" })
        let found = content[type].map { (type, $0) } ?? content.first.map { ($0.key, $0.value) }
        return found.flatMap { media, value in value["schema"].map { (media, $0) } }
    }

    private static func path(_ template: String, fits path: String) -> Bool {
        let parts = template.split(separator: "/", omittingEmptySubsequences: false)
        let found = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == found.count else { return false }
        return zip(parts, found).allSatisfy { part, found in
            guard part.hasPrefix("{") else { return part == found }
            return found.hasSuffix(part.drop { $0 != "}" }.dropFirst())
        }
    }
}
