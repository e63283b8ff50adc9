extension AuditPage {
    package static var members: [String: WireMember] {
        [
            "entries": "Newest first",
            "next_before": "What before takes for the next part; absent where there is none",
        ]
    }
}

extension AuditRecord {
    package static var members: [String: WireMember] {
        [
            "id": "Counts up in the order in which the entries were kept",
            "at": WireMember("When it was asked for", .dateTime),
            "caller_kind": WireMember("Who has asked", .word(["token", "user", "anonymous"])),
            "caller": "The token's name, or the user's id on the daemon's machine; empty for somebody anonymous",
            "process_id": "A user's process",
            "address": "Where from: an IP address, or unix for the Unix socket",
            "operation": "The operation's id in this document",
            "task_name": "The task that it was about",
            "run_id": "The run that it was about, or that was made",
            "token_name": "The token that it was about",
            "status": "The status of the answer; absent while there is none, and where the daemon died over it",
            "detail": "The request's query",
        ]
    }
}
