import AlmanacMetrics

extension MetricFamily {
    /// Everything that the daemon measures, in the order in which it is written.
    static let ofDaemon = [
        MetricFamily(
            "almanac_build",
            .info,
            "The version of the program, and the release of the zone database in use."
        ),
        MetricFamily(
            "almanac_runs_ended",
            .counter,
            "Runs that have ended since the daemon started, by their end reason; ticks that did not fire have rows too."
        ),
        MetricFamily(
            "almanac_run_duration_seconds",
            .histogram([0.1, 0.5, 1, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 21_600, 86_400]),
            "How long commands ran."
        ),
        MetricFamily(
            "almanac_run_start_delay_seconds",
            .histogram([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 60, 300, 3600]),
            "From when a run was due until its start; its jitter and its wait for a place included."
        ),
        MetricFamily("almanac_active_runs", .gauge, "Runs that have their place: those that run, and are about to."),
        MetricFamily("almanac_queued_runs", .gauge, "Runs that wait for a place."),
        MetricFamily(
            "almanac_next_firing_timestamp_seconds",
            .gauge,
            "When the task fires next, in seconds since 1970; absent where it does not."
        ),
        MetricFamily(
            "almanac_missed_ticks",
            .counter,
            "Ticks that nobody was there for and that were not caught up, since the daemon started."
        ),
        MetricFamily(
            "almanac_dst_skipped_ticks",
            .counter,
            "Ticks that a clock change has taken away, since the daemon started."
        ),
        MetricFamily("almanac_api_requests", .counter, "Requests that were answered, by operation and status."),
        MetricFamily(
            "almanac_api_request_duration_seconds",
            .histogram([0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 60]),
            "From the head of a request to that of its answer."
        ),
        MetricFamily("almanac_api_failed_attempts", .counter, "Attempts with credentials that are not known."),
        MetricFamily("almanac_api_open_streams", .gauge, "Streams that are open, of what becomes of runs and of logs."),
        MetricFamily("almanac_store_commits", .counter, "Transactions that changed the store, by their outcome."),
        MetricFamily(
            "almanac_store_commit_duration_seconds",
            .histogram([0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5]),
            "How long transactions took that were committed, the wait for the disk included."
        ),
        MetricFamily("process_resident_memory_bytes", .gauge, "Resident memory of the daemon."),
        MetricFamily("process_cpu_seconds", .counter, "User and system time of the daemon."),
        MetricFamily("process_open_fds", .gauge, "Open descriptors of the daemon."),
        MetricFamily("process_start_time_seconds", .gauge, "When the daemon was started, in seconds since 1970."),
    ]
}
