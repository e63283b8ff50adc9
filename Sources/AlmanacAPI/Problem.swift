/// An error as the API tells it: RFC 9457, `application/problem+json`.
package struct Problem: WireObject {
    package static let schemaName = "ErrorModel"
    package static let mediaType = "application/problem+json"

    package var schema: String?
    /// `about:blank` where the status says it all.
    package var type: String
    package var title: String
    /// The HTTP status code.
    package var status: Int
    /// What was wrong with this request, in a sentence.
    package var detail: String?
    package var instance: String?
    /// One entry for each fault.
    package var errors: [ProblemDetail]?

    package init(
        type: String = "about:blank",
        title: String,
        status: Int,
        detail: String? = nil,
        instance: String? = nil,
        errors: [ProblemDetail]? = nil
    ) {
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.instance = instance
        self.errors = errors
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        schema = try container.decodeIfPresent(String.self, forKey: .schema)
        type = try container.decodeIfPresent(String.self, forKey: .type) ?? "about:blank"
        title = try container.decodeIfPresent(String.self, forKey: .title) ?? ""
        status = try container.decodeIfPresent(Int.self, forKey: .status) ?? 0
        detail = try container.decodeIfPresent(String.self, forKey: .detail)
        instance = try container.decodeIfPresent(String.self, forKey: .instance)
        errors = try container.decodeIfPresent([ProblemDetail].self, forKey: .errors)
    }

    package enum CodingKeys: String, CodingKey {
        case schema = "$schema"
        case type, title, status, detail, instance, errors
    }
}

/// One fault of a request.
package struct ProblemDetail: WireShape, Hashable {
    package static let schemaName = "ErrorDetail"

    /// Where it is: `body.params.region`, `query.wait_timeout`, `path.taskName`.
    package var location: String?
    package var message: String?
    /// What was found there.
    package var value: JSONValue?

    package init(location: String, message: String, value: JSONValue? = nil) {
        self.location = location
        self.message = message
        self.value = value
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        location = try container.decodeIfPresent(String.self, forKey: .location)
        message = try container.decodeIfPresent(String.self, forKey: .message)
        value = container.contains(.value) ? try container.decode(JSONValue.self, forKey: .value) : nil
    }

    package enum CodingKeys: String, CodingKey {
        case location, message, value
    }
}
