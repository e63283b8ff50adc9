import AlmanacAPI
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

extension Response {
    /// An answer that is one object; it gets its `$schema` here.
    init<Object: WireObject>(
        _ object: Object,
        status: HTTPResponse.Status = .ok,
        _ context: APIContext
    ) throws {
        var object = object
        object.schema = context.schemaAddress(of: Object.self)
        try self.init(json: object, status: status)
    }

    /// An answer that is any JSON.
    init(json value: some Encodable, status: HTTPResponse.Status = .ok) throws {
        self.init(
            status: status,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: try WireCoding.encode(value)))
        )
    }
}
