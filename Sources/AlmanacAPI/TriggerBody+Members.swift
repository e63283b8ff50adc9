extension TriggerBody {
    package static var members: [String: WireMember] {
        [
            "params": """
            The run's parameters by key. A null leaves the parameter out, its default included; an empty string passes an \
            empty value; an absent key takes the default
            """
        ]
    }
}

extension PauseBody {
    package static var members: [String: WireMember] {
        [
            "until": WireMember(
                "When the pause ends by itself, exclusive; absent or null for never",
                JSONSchema(["type": ["string", "null"], "format": "date-time"])
            )
        ]
    }
}
