extension Problem {
    package static var members: [String: WireMember] {
        [
            "type": WireMember(
                "about:blank where the status says it all",
                JSONSchema(["format": "uri-reference", "default": "about:blank"])
            ),
            "title": "The status in words",
            "status": WireMember("The HTTP status code", JSONSchema(["minimum": 400, "maximum": 599])),
            "detail": "What was wrong with this request, in a sentence",
            "instance": WireMember(
                "What names this very case in the daemon's log",
                JSONSchema(["format": "uri-reference"])
            ),
            "errors": "One entry for each fault",
        ]
    }
}

extension ProblemDetail {
    package static var members: [String: WireMember] {
        [
            "location": WireMember(
                "Where it is",
                JSONSchema(["examples": ["body.params.region", "query.wait_timeout"]])
            ),
            "message": "What is wrong there",
            "value": "What was found there",
        ]
    }
}
