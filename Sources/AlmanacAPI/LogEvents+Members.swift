extension LogLineSSEEvent {
    package static var members: [String: WireMember] { LogLine.members }
}

extension LogRotatedEvent {
    package static var members: [String: WireMember] {
        ["first_available": WireMember("The number of the first line that is still there", JSONSchema(["minimum": 0]))]
    }
}

extension LogDroppedEvent {
    package static var members: [String: WireMember] {
        [
            "after": "The number of the last event before those that were left out",
            "count": WireMember("How many were left out; 0 where nobody knows", JSONSchema(["minimum": 0])),
        ]
    }
}

extension LogDoneEvent {
    package static var members: [String: WireMember] {
        [
            "final_line": WireMember(
                "The number of the log's last line; -1 where it has none",
                JSONSchema(["minimum": -1])
            ),
            "status": WireMember("deleted where the run was removed meanwhile", .word(["ended", "deleted"])),
        ]
    }
}

extension RunEventData {
    package static var members: [String: WireMember] {
        [
            "run": "The run as it was then",
            "error": "Why it ended so, where there is more to say than its reason",
        ]
    }
}

extension RunDeletedSSEEvent {
    package static var members: [String: WireMember] {
        ["run_id": "The id of the run", "task_name": "The name of its task"]
    }
}
