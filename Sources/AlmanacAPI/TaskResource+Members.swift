extension TaskResource {
    package static var members: [String: WireMember] {
        identity.merging(schedule) { first, _ in first }
            .merging(policies) { first, _ in first }
            .merging(process) { first, _ in first }
            .merging(output) { first, _ in first }
    }

    private static var identity: [String: WireMember] {
        [
            "name": WireMember("Its name", .taskName),
            "api_trigger": "Whether the API may start it",
            "kind": WireMember("What it is", .word(Words.taskKinds)),
            "group": "What it is listed under",
            "description": "What it is for",
            "crontab_file": "The crontab that it is a line of, absolute; absent for a task of the configuration's file",
            "crontab_line": WireMember("That line's number, from 1", JSONSchema(["minimum": 1])),
            "parameters": "The values that a run by hand can be given",
        ]
    }

    private static var schedule: [String: WireMember] {
        [
            "cron": "The expression as it was written, in cron's notation",
            "on_calendar": "The same in systemd's notation; a task has one of the two at most",
            "timezone": "The zone that the expression is read in",
            "next_run_at": WireMember("The next firing; absent where nothing fires", .dateTime),
            "held": "Why its schedule is not in force at present",
            "paused_since": WireMember("When the pause began that holds its schedule", .dateTime),
            "paused_until": WireMember("When that pause ends by itself, exclusive; absent for never", .dateTime),
            "run_on_start": "Whether each start of the daemon makes a run",
            "dst_gap": WireMember("skip where ticks in a gap are not made up for", .word(Words.gapPolicies)),
            "dst_fold": WireMember(
                "At which instants ticks in a fold fire, where that is not the first",
                .word(Words.foldPolicies)
            ),
            "dst_hourly": "False where an hourly expression goes by the rules for all others",
        ]
    }

    private static var policies: [String: WireMember] {
        [
            "on_overlap": WireMember("What becomes of a run while others are active", .word(Words.overlapPolicies)),
            "max_concurrent": WireMember("How many runs may be active at a time", JSONSchema(["minimum": 1])),
            "queue_max": WireMember("How many runs may wait", JSONSchema(["minimum": 0])),
            "catch_up": WireMember("What becomes of firings that nobody was there for", .word(Words.catchUpPolicies)),
            "max_catch_up_runs": WireMember("At most so many runs make up for them", JSONSchema(["minimum": 0])),
            "retry_attempts": WireMember(
                "How many further attempts there are after the first",
                JSONSchema(["minimum": 0])
            ),
            "retry_delay": WireMember("The wait before the first of them, in nanoseconds", JSONSchema(["minimum": 0])),
            "retry_backoff": WireMember("How that wait grows", .word(Words.backoffs)),
            "timeout": WireMember("The time limit of a run, in nanoseconds", JSONSchema(["minimum": 0])),
            "graceful_stop": WireMember(
                "How long a run that is being ended has before it is killed, in nanoseconds",
                JSONSchema(["minimum": 0])
            ),
            "jitter": WireMember("The longest delay of a start, in nanoseconds", JSONSchema(["minimum": 0])),
            "keep_for": WireMember(
                "How long an ended run is kept, in nanoseconds; absent for ever",
                JSONSchema(["minimum": 0])
            ),
            "keep_runs": WireMember("How many ended runs are kept; absent for all", JSONSchema(["minimum": 0])),
        ]
    }

    private static var process: [String: WireMember] {
        [
            "exit_codes": "The exit codes that count as success, in order",
            "stop_signal": WireMember("The signal that a run is ended with", JSONSchema(["examples": ["SIGTERM"]])),
            "working_dir": "The folder that the command starts in",
            "shell": "What runs the command",
            "umask": WireMember("The file mode mask, in octal digits", .string(pattern: "^[0-7]{3,4}$")),
            "user": "Whom the command runs as, as it was written",
            "env": "The variables of env; never those of secrets or of a file",
            "env_file": "The path of the file with further variables",
            "secrets_file": "The path of the file with secrets",
            "memory_max": WireMember("The memory that a run may use, in bytes", JSONSchema(["minimum": 0])),
            "cpu_weight": WireMember("Its share of the processors", JSONSchema(["minimum": 1, "maximum": 10000])),
            "tasks_max": WireMember("How many processes and threads a run may have", JSONSchema(["minimum": 0])),
            "conventions": WireMember(
                "cron where its command is started as cron(8) starts a job",
                .word(Words.conventions)
            ),
        ]
    }

    private static var output: [String: WireMember] {
        [
            "log_max_size": WireMember(
                "The size limit of a run's log, in bytes; absent for none",
                JSONSchema(["minimum": 0])
            ),
            "log_on_full": WireMember("What becomes of output over it", .word(Words.logOnFull)),
            "log_to": WireMember("Where output goes", elements: .word(Words.logTargets)),
            "mail_to": "The addresses that get its mails, with commas between them",
            "mail_from": "The sender of its mails",
            "mail_on": WireMember("When a mail is sent", .word(Words.mailOccasions)),
        ]
    }
}

extension OccurrenceList {
    package static var members: [String: WireMember] {
        ["occurrences": "What becomes of the task's ticks, in the order of time"]
    }
}

extension OccurrenceResource {
    package static var members: [String: WireMember] {
        [
            "at": WireMember("The instant", .dateTime),
            "local": WireMember(
                "The same on a clock on the wall, with its offset",
                JSONSchema(["examples": ["2026-03-29T03:00:00+02:00"]])
            ),
            "tick": WireMember(
                "The wall-clock time that the expression named; absent for @every, which names none",
                JSONSchema(["examples": ["2026-03-29T02:30:00"]])
            ),
            "kind": WireMember("What becomes of the tick", .word(Words.occurrenceKinds)),
            "reason": WireMember("What the tick lay in, where it lay in one", .word(Words.occurrenceReasons)),
        ]
    }
}

extension ParameterResource {
    package static var members: [String: WireMember] {
        [
            "kind": WireMember("How it gets into the run", .word(Words.parameterKinds)),
            "key": "What a trigger's params name it by",
            "type": WireMember("What values it takes", .word(Words.parameterTypes)),
            "default": "The value where a run is given none",
            "choices": "The values to choose from",
            "allow_custom": "Whether values beside the choices are taken",
            "description": "What it is for",
            "required": "Whether a run by hand has to be given a value",
        ]
    }
}
