extension DaemonInfo {
    package static var members: [String: WireMember] {
        [
            "version": "The daemon's version",
            "fingerprint": "A stable name of this daemon",
            "port": WireMember(
                "The TCP port that it serves; 0 where it serves none",
                JSONSchema(["minimum": 0, "maximum": 65535])
            ),
            "cloud_enabled": WireMember("Always false: there is no cloud", JSONSchema(["const": false])),
            "scheduling_active": "Whether schedules make runs",
            "service_managed": "Whether systemd started it",
            "auth_disabled": "Whether TCP asks for no credentials",
            "config_path": "The absolute path of the configuration's file",
            "config_loaded_at": WireMember("When it was loaded", .dateTime),
            "config_stale": "Whether the file has changed since",
            "resolved_timezone": "The zone of tasks that name none",
            "timezone_source": WireMember("Where that zone comes from", .word(Words.zoneSources)),
            "tasks": "All tasks, in short",
            "capabilities": "What this daemon can do",
        ]
    }
}

extension TaskBrief {
    package static var members: [String: WireMember] {
        [
            "name": WireMember("Its name", .taskName),
            "api_trigger": "Whether the API may start it",
            "kind": WireMember("What it is", .word(Words.taskKinds)),
            "group": "What it is listed under",
            "cron": "The expression as it was written, in cron's notation",
            "on_calendar": "The same in systemd's notation",
            "on_overlap": WireMember("What becomes of a run while others are active", .word(Words.overlapPolicies)),
            "max_concurrent": WireMember("How many runs may be active at a time", JSONSchema(["minimum": 1])),
            "catch_up": WireMember("What becomes of firings that nobody was there for", .word(Words.catchUpPolicies)),
            "parameters": "The values that a run by hand can be given",
        ]
    }
}

extension CapabilityInfo {
    package static var members: [String: WireMember] {
        ["name": "What it is", "available": "Whether this daemon can do it"]
    }
}
