import AlmanacAPI
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

/// The JSON body of a request, which is optional as a whole.
enum JSONBody {
    /// The largest body in bytes.
    static let limit = 1024 * 1024

    /// Reads a request's body.
    ///
    /// - Throws: 415 for a body that says it is something else than JSON, 413 for one that is too large.
    /// - Returns: nil where there is no body.
    static func read(_ request: Request, _ connection: ClientConnection) async throws -> ByteBuffer? {
        guard request.mayHaveBody(over: 0) else { return nil }
        if let contentType = request.headers[.contentType], !JSONMediaType.matches(contentType) {
            throw ProblemError(.unsupportedMediaType, "The body must be application/json.")
        }
        let tooLarge = ProblemError(.contentTooLarge, "The body may have at most \(limit) bytes.")
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw tooLarge
        }
        if request.headers[.expect]?.lowercased() == "100-continue" {
            connection.allowBody()
        }
        do {
            let body = try await request.body.collect(upTo: limit)
            connection.bodyWasRead()
            return body.readableBytes == 0 ? nil : body
        } catch is NIOTooManyBytesError {
            throw tooLarge
        }
    }
}

/// What a body asks for, read member by member, so that each fault is told with its place, and so that what has no business
/// in it is skipped instead of read.
protocol JSONBodyReading: Decodable {
    /// What a body of no members asks for.
    init()

    /// How a body looks, for the message where there is something else.
    static var example: String { get }

    var faults: RequestFaults { get set }

    /// Reads one member; a fault where it is not known.
    mutating func read(_ name: String, of body: KeyedDecodingContainer<JSONBodyKey>, _ key: JSONBodyKey)
}

extension JSONBodyReading {
    /// Reads a body; one that is no JSON object is a fault, the only one then.
    init(body: (some Collection<UInt8>)?) {
        self.init()
        guard let body else { return }
        do {
            self = try WireCoding.decode(Self.self, from: body)
            switch JSONFlaw(in: body) {
            case .trailingComma?: faults.add("body", "is not JSON: a comma stands before a closing bracket")
            case .repeatedName(let place)?: faults.add("body.\(place)", "is given more than once")
            case nil: break
            }
        } catch DecodingError.typeMismatch, DecodingError.valueNotFound {
            faults.add("body", "expected an object, as in \(Self.example)")
        } catch {
            faults.add("body", "is not JSON")
        }
    }

    init(from decoder: any Decoder) throws {
        self.init()
        let container = try decoder.container(keyedBy: JSONBodyKey.self)
        for key in container.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
            if key.stringValue != "$schema" {
                read(key.stringValue, of: container, key)
            } else if (try? container.decode(String.self, forKey: key)) == nil {
                // An answer's own may come back.
                faults.add("body.$schema", "expected a URL")
            }
        }
    }
}

/// Any member's name.
struct JSONBodyKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension KeyedDecodingContainer<JSONBodyKey> {
    /// What stands at a key where something else was expected, to be sent back; nil for what is too long for that, and for
    /// arrays and objects, which are not read for it.
    func found(_ key: JSONBodyKey) -> JSONValue? {
        if (try? decodeNil(forKey: key)) == true { return .null }
        if let value = try? decode(Bool.self, forKey: key) { return .bool(value) }
        if let value = try? decode(Int64.self, forKey: key) { return .integer(value) }
        if let value = try? decode(Double.self, forKey: key) { return .number(value) }
        guard let text = try? decode(String.self, forKey: key), JSONValue.string(text).isShort else { return nil }
        return .string(text)
    }
}

extension JSONValue {
    /// Whether it may be sent back with a fault.
    var isShort: Bool {
        switch self {
        case .null, .bool, .integer, .number: true
        case .string(let text): text.utf8.count <= 256
        case .array, .object: false
        }
    }
}

/// The body of an operation that takes none, or an object without members.
struct NothingAsked: JSONBodyReading {
    static let example = "{}"
    var faults = RequestFaults()

    mutating func read(_ name: String, of body: KeyedDecodingContainer<JSONBodyKey>, _ key: JSONBodyKey) {
        faults.add("body.\(name)", "is not known; this operation takes no members")
    }
}
