import AlmanacAPI
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Synchronization

/// `GET /openapi.json` and `GET /schemas/{schemaName}.json`: what the API is, for everybody.
///
/// The bytes are made when somebody asks for the first time, and kept.
final class DocumentEndpoint: Sendable {
    private struct Made {
        var document: ByteBuffer
        var schemas: [String: ByteBuffer]
    }

    private let version: String
    private let made = Mutex<Made?>(nil)

    init(version: String) {
        self.version = version
    }

    var handlers: [String: APIRoutes.Handler] {
        ["getOpenAPI": document, "getSchema": schema]
    }

    @concurrent @Sendable
    private func document(_ request: Request, _ context: APIContext) async throws -> Response {
        Response(json: try bytes.document)
    }

    @concurrent @Sendable
    private func schema(_ request: Request, _ context: APIContext) async throws -> Response {
        let name = String(context.parameters["schemaName"] ?? "")
        guard let schema = try bytes.schemas[name] else { throw ProblemError.notFound("There is no schema \(name).") }
        return Response(json: schema)
    }

    private var bytes: Made {
        get throws {
            try made.withLock { made in
                if let made { return made }
                let document = OpenAPIDocument(version: version)
                let new = Made(
                    document: ByteBuffer(bytes: try WireCoding.encode(document.value)),
                    schemas: try document.schemas.keys.reduce(into: [:]) { schemas, name in
                        schemas[name] = ByteBuffer(bytes: try WireCoding.encode(document.schema(named: name)))
                    }
                )
                made = new
                return new
            }
        }
    }
}

extension Response {
    /// An answer that is JSON already.
    fileprivate init(json bytes: ByteBuffer) {
        self.init(status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: bytes))
    }
}
