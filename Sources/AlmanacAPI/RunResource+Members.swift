extension RunResource {
    package static var members: [String: WireMember] {
        [
            "id": WireMember("Its ULID", .runID),
            "task_name": "The name of its task",
            "status": WireMember("Where it stands in its life", .word(Words.statuses)),
            "end_reason": WireMember("Why it ended; only when it has", .word(Words.endReasons)),
            "exit_code": """
            The command's exit code; 128 + n when signal n ended it; 0 until it has ended; -1 where no command ran; -2 for \
            crashed
            """,
            "triggered_by": WireMember("What made it", .word(Words.triggers)),
            "created_at": WireMember("When it was made", .dateTime),
            "start_at": WireMember("When its command was started", .dateTime),
            "end_at": WireMember("When it ended", .dateTime),
            "retry_attempt": WireMember("0 for the first attempt", JSONSchema(["minimum": 0])),
            "retry_of_run_id": WireMember("The run that it repeats", .runID),
            "instance_index": WireMember("0 for a task", JSONSchema(["minimum": 0])),
            "external_execution_id": "What another system calls it",
            "params": "The values that it got, by the keys of the task's parameters",
            "scheduled_at": WireMember("The instant of the tick that it serves; cron runs only", .dateTime),
            "tick": WireMember(
                "The wall-clock time that the expression named, without an offset; cron runs only",
                JSONSchema(["examples": ["2026-03-29T02:30:00"]])
            ),
            "timezone": "The zone of the tick",
            "missed_count": WireMember(
                "For missed and for a pause: how many firings it stands for",
                JSONSchema(["minimum": 1])
            ),
            "missed_until": WireMember("For missed and for a pause: the last firing's instant", .dateTime),
            "catch_up": "True for a run made for a missed firing",
            "cpu_seconds": WireMember(
                "User and system time of the command and all its descendants, once it has ended",
                JSONSchema(["minimum": 0])
            ),
            "max_rss_bytes": WireMember("The most memory that they used at a time", JSONSchema(["minimum": 0])),
            "message": "One sentence on why it ended so, where the reason alone doesn't say",
        ]
    }
}

extension RunPage {
    package static var members: [String: WireMember] {
        [
            "runs": "The runs of this page",
            "total": WireMember("How many runs match on all pages", JSONSchema(["minimum": 0])),
        ]
    }
}

extension StopAnswer {
    package static var members: [String: WireMember] {
        ["message": "What becomes of the run"]
    }
}
