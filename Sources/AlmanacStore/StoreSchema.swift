import AlmanacModel
import GRDB

/// The tables, and how an older file becomes one of this version.
///
/// A migration never changes once it has shipped: a change is a new migration, and one more in `version`.
enum StoreSchema {
    /// "ALMN", in the header of the file: sqlite.org/pragma.html#pragma_application_id.
    static let applicationID: Int32 = 0x414C_4D4E

    /// How many migrations there are; kept in the header as `user_version`.
    static let version = 3

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 runs, cursors and pauses") { db in
            try db.execute(sql: runs)
            try db.execute(sql: runIndexes)
            try db.execute(sql: runCounts)
            try db.execute(sql: cursors)
            try db.execute(sql: pauses)
            try db.execute(sql: "PRAGMA user_version = 1")
        }
        migrator.registerMigration("2 log sizes, removals and durations") { db in
            try db.execute(sql: logSizes)
            try db.execute(sql: removals)
            try db.execute(sql: durations)
            try db.execute(sql: "PRAGMA user_version = 2")
        }
        migrator.registerMigration("3 what the API keeps") { db in
            try db.execute(sql: events)
            try db.execute(sql: tokens)
            try db.execute(sql: audit)
            try db.execute(sql: messages)
            try db.execute(sql: failures)
            try db.execute(sql: "PRAGMA user_version = 3")
        }
        return migrator
    }

    /// Times of what happened are nanoseconds since 1970, those of the calendar seconds since 1970. `params` is a JSON
    /// object, or NULL for none. `status` and `end_reason` hold the raw values of `RunState.Phase` and `EndReason`.
    private static let runs = """
        CREATE TABLE run (
            id TEXT NOT NULL,
            task_name TEXT NOT NULL,
            status TEXT NOT NULL,
            end_reason TEXT,
            exit_code INTEGER NOT NULL,
            triggered_by TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            start_at INTEGER,
            end_at INTEGER,
            scheduled_at INTEGER,
            tick TEXT,
            timezone TEXT,
            missed_count INTEGER,
            missed_until INTEGER,
            catch_up INTEGER NOT NULL,
            retry_attempt INTEGER NOT NULL,
            retry_of_run_id TEXT,
            start_after INTEGER,
            instance_index INTEGER NOT NULL DEFAULT 0,
            external_execution_id TEXT,
            params TEXT,
            cpu_nanoseconds INTEGER,
            max_rss_bytes INTEGER,
            message TEXT,
            CHECK ((status = 'ended') = (end_reason IS NOT NULL)),
            CHECK ((status = 'ended') = (end_at IS NOT NULL))
        );
        """

    /// Every listing by one filter is read from its index in the order of creation, ids breaking ties.
    ///
    /// What most runs are not (unfinished, retried, failed) is in partial indexes, so that most runs do not pay for it.
    private static let runIndexes = """
        CREATE UNIQUE INDEX run_id ON run (id);
        CREATE INDEX run_created ON run (created_at, id);
        CREATE INDEX run_task ON run (task_name, created_at, id);
        CREATE INDEX run_trigger ON run (triggered_by, created_at, id);
        CREATE INDEX run_start ON run (start_at, id);
        CREATE INDEX run_unfinished ON run (created_at, id) WHERE end_reason IS NULL;
        CREATE INDEX run_end_reason ON run (end_reason, created_at, id) WHERE end_reason IS NOT NULL;
        CREATE INDEX run_exit_code ON run (exit_code, id) WHERE exit_code <> 0;
        CREATE INDEX run_retry ON run (created_at, id, retry_attempt) WHERE retry_attempt > 0;
        CREATE INDEX run_retry_of ON run (retry_of_run_id) WHERE retry_of_run_id IS NOT NULL;
        """

    /// How many runs there are of each task, state and trigger, kept by triggers within the same transaction: a
    /// listing says how many there are on all pages without counting a million rows.
    ///
    /// `state` is the end reason, or the status of a run that has none.
    private static let runCounts = """
        CREATE TABLE run_count (
            task_name TEXT NOT NULL,
            state TEXT NOT NULL,
            triggered_by TEXT NOT NULL,
            runs INTEGER NOT NULL,
            PRIMARY KEY (task_name, state, triggered_by)
        ) WITHOUT ROWID;
        CREATE TRIGGER run_count_insert AFTER INSERT ON run BEGIN
            INSERT INTO run_count VALUES (new.task_name, ifnull(new.end_reason, new.status), new.triggered_by, 1)
            ON CONFLICT (task_name, state, triggered_by) DO UPDATE SET runs = runs + 1;
        END;
        CREATE TRIGGER run_count_delete AFTER DELETE ON run BEGIN
            UPDATE run_count SET runs = runs - 1
            WHERE task_name = old.task_name AND state = ifnull(old.end_reason, old.status)
                AND triggered_by = old.triggered_by;
        END;
        CREATE TRIGGER run_count_update AFTER UPDATE OF task_name, status, end_reason, triggered_by ON run BEGIN
            UPDATE run_count SET runs = runs - 1
            WHERE task_name = old.task_name AND state = ifnull(old.end_reason, old.status)
                AND triggered_by = old.triggered_by;
            INSERT INTO run_count VALUES (new.task_name, ifnull(new.end_reason, new.status), new.triggered_by, 1)
            ON CONFLICT (task_name, state, triggered_by) DO UPDATE SET runs = runs + 1;
        END;
        """

    private static let cursors = """
        CREATE TABLE schedule_cursor (
            task_name TEXT NOT NULL PRIMARY KEY,
            settled_through INTEGER NOT NULL,
            schedule TEXT NOT NULL
        ) WITHOUT ROWID;
        """

    /// `until` is NULL for no end, `run_id` until a firing has been held.
    private static let pauses = """
        CREATE TABLE task_pause (
            task_name TEXT NOT NULL PRIMARY KEY,
            since INTEGER NOT NULL,
            until INTEGER,
            run_id TEXT
        ) WITHOUT ROWID;
        """

    /// `log_bytes` is NULL for a run that has not ended, and for one that ended under version 1: those are measured when
    /// somebody wants to know. The triggers add the sizes up in the rows that they change anyway.
    private static let logSizes = """
        ALTER TABLE run ADD COLUMN log_bytes INTEGER;
        CREATE INDEX run_unmeasured ON run (id) WHERE log_bytes IS NULL AND end_reason IS NOT NULL;
        ALTER TABLE run_count ADD COLUMN log_bytes INTEGER NOT NULL DEFAULT 0;
        DROP TRIGGER run_count_insert;
        DROP TRIGGER run_count_delete;
        DROP TRIGGER run_count_update;
        CREATE TRIGGER run_count_insert AFTER INSERT ON run BEGIN
            INSERT INTO run_count (task_name, state, triggered_by, runs, log_bytes)
            VALUES (new.task_name, ifnull(new.end_reason, new.status), new.triggered_by, 1, ifnull(new.log_bytes, 0))
            ON CONFLICT (task_name, state, triggered_by)
            DO UPDATE SET runs = runs + 1, log_bytes = log_bytes + excluded.log_bytes;
        END;
        CREATE TRIGGER run_count_delete AFTER DELETE ON run BEGIN
            UPDATE run_count SET runs = runs - 1, log_bytes = log_bytes - ifnull(old.log_bytes, 0)
            WHERE task_name = old.task_name AND state = ifnull(old.end_reason, old.status)
                AND triggered_by = old.triggered_by;
        END;
        CREATE TRIGGER run_count_update AFTER UPDATE OF task_name, status, end_reason, triggered_by, log_bytes ON run
        BEGIN
            UPDATE run_count SET runs = runs - 1, log_bytes = log_bytes - ifnull(old.log_bytes, 0)
            WHERE task_name = old.task_name AND state = ifnull(old.end_reason, old.status)
                AND triggered_by = old.triggered_by;
            INSERT INTO run_count (task_name, state, triggered_by, runs, log_bytes)
            VALUES (new.task_name, ifnull(new.end_reason, new.status), new.triggered_by, 1, ifnull(new.log_bytes, 0))
            ON CONFLICT (task_name, state, triggered_by)
            DO UPDATE SET runs = runs + 1, log_bytes = log_bytes + excluded.log_bytes;
        END;
        """

    /// For listings by duration, which would sort a million rows. Its price is one more page for each end.
    private static let durations = """
        CREATE INDEX run_duration ON run (end_at - start_at, id) WHERE end_reason IS NOT NULL;
        """

    /// The runs whose rows are gone and whose folders are to go.
    private static let removals = """
        CREATE TABLE run_removal (
            run_id TEXT NOT NULL PRIMARY KEY,
            task_name TEXT NOT NULL
        ) WITHOUT ROWID;
        """

    /// What has become of runs, in the order in which it was committed, for those who follow it; the triggers keep the last
    /// 100,000. `status` is the run's after it. A run that is made and ended at once has both events, and so has one that is
    /// started and ended within one commit.
    private static let events = """
        CREATE TABLE run_event (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            run_id TEXT NOT NULL,
            task_name TEXT NOT NULL,
            status TEXT NOT NULL
        );
        CREATE TRIGGER run_event_insert AFTER INSERT ON run_event BEGIN
            DELETE FROM run_event WHERE number = new.number - 100000;
        END;
        CREATE TRIGGER run_created AFTER INSERT ON run BEGIN
            INSERT INTO run_event (kind, run_id, task_name, status)
            VALUES ('created', new.id, new.task_name, new.status);
            INSERT INTO run_event (kind, run_id, task_name, status)
            SELECT 'ended', new.id, new.task_name, new.status WHERE new.end_reason IS NOT NULL;
        END;
        CREATE TRIGGER run_changed AFTER UPDATE OF status, missed_count ON run BEGIN
            INSERT INTO run_event (kind, run_id, task_name, status)
            SELECT 'started', new.id, new.task_name, 'running'
            WHERE old.status = 'pending' AND new.status = 'ended' AND new.start_at IS NOT NULL;
            INSERT INTO run_event (kind, run_id, task_name, status) VALUES (
                CASE WHEN old.status = new.status THEN 'updated' WHEN new.status = 'ended' THEN 'ended' ELSE 'started' END,
                new.id,
                new.task_name,
                new.status
            );
        END;
        CREATE TRIGGER run_deleted AFTER DELETE ON run BEGIN
            INSERT INTO run_event (kind, run_id, task_name, status)
            VALUES ('deleted', old.id, old.task_name, old.status);
        END;
        """

    /// Times are nanoseconds since 1970. `hash` is the SHA-256 of the token; `scopes` has spaces between them.
    private static let tokens = """
        CREATE TABLE api_token (
            name TEXT NOT NULL PRIMARY KEY,
            hash BLOB NOT NULL UNIQUE,
            scopes TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER,
            last_used_at INTEGER
        ) WITHOUT ROWID;
        """

    /// `caller` is the name of a token or the id of a user, whose process is `process_id`. `status` is that of the HTTP answer;
    /// NULL for a change of which nobody knows how it went, since the daemon died over it. The trigger keeps the last 100,000.
    private static let audit = """
        CREATE TABLE audit (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            caller_kind TEXT NOT NULL,
            caller TEXT NOT NULL,
            process_id INTEGER,
            address TEXT NOT NULL,
            operation TEXT NOT NULL,
            task_name TEXT,
            run_id TEXT,
            token_name TEXT,
            status INTEGER,
            detail TEXT
        );
        CREATE TRIGGER audit_insert AFTER INSERT ON audit BEGIN
            DELETE FROM audit WHERE number = new.number - \(AuditEntry.retention);
        END;
        """

    /// For searches: few runs have a message.
    private static let messages = """
        CREATE INDEX run_message ON run (message, id) WHERE message IS NOT NULL;
        """

    /// For the time of the last failure.
    private static let failures = """
        CREATE INDEX run_failure ON run (end_at)
        WHERE end_reason IN ('failed', 'timeout', 'crashed', 'log_overflow', 'start_failed');
        """
}
