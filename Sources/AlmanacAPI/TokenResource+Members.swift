extension TokenResource {
    package static var members: [String: WireMember] {
        [
            "name": WireMember("What it is called, in lists and in the audit", .taskName),
            "scopes": WireMember("What its holder may do, each once", elements: .tokenScope),
            "created_at": WireMember("When it was made", .dateTime),
            "expires_at": WireMember("The first instant at which it is worth nothing; absent for never", .dateTime),
            "last_used_at": WireMember("When it last let somebody in; absent for never", .dateTime),
        ]
    }
}

extension NewToken {
    package static var members: [String: WireMember] {
        [
            "name": WireMember("What it is called, in lists and in the audit", .taskName),
            "scopes": WireMember("What its holder may do, each once", elements: .tokenScope),
            "created_at": WireMember("When it was made", .dateTime),
            "expires_at": WireMember("The first instant at which it is worth nothing; absent for never", .dateTime),
            "token": WireMember(
                "What its holder sends as Authorization: Bearer TOKEN. It cannot be asked for again",
                .string(pattern: "^almanac_[A-Za-z0-9_-]{43}$")
            ),
        ]
    }
}

extension TokenBody {
    package static var members: [String: WireMember] {
        [
            "name": WireMember("What it is to be called; no other token may have the name", .taskName),
            "scopes": WireMember(
                "What its holder may do",
                JSONSchema(["minItems": 1, "maxItems": 100]),
                elements: .tokenScope
            ),
            "expires_at": WireMember(
                "When it is to end, a time to come; never where it is absent or null",
                JSONSchema(["type": ["string", "null"], "format": "date-time"])
            ),
        ]
    }
}

extension JSONSchema {
    /// `read`, `trigger`, `trigger:TASK` or `admin`.
    fileprivate static let tokenScope = string(pattern: "^(read|trigger|trigger:[a-zA-Z0-9._:-]{1,100}|admin)$")
}
