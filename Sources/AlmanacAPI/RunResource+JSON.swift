extension RunResource: JSONWritable {
    var jsonSize: Int { 640 }

    func write(to writer: inout JSONWriter) throws {
        try writer.object { writer in
            try writer.member("$schema", schema)
            writer.member("catch_up", catchUp)
            try writer.member("cpu_seconds", cpuSeconds)
            try writer.member("created_at", createdAt)
            try writer.member("end_at", endAt)
            try writer.member("end_reason", endReason)
            writer.member("exit_code", exitCode)
            try writer.member("external_execution_id", externalExecutionID)
            try writer.member("id", id)
            writer.member("instance_index", instanceIndex)
            writer.member("max_rss_bytes", maxRSSBytes)
            try writer.member("message", message)
            writer.member("missed_count", missedCount)
            try writer.member("missed_until", missedUntil)
            try writer.member("params", general: params)
            writer.member("retry_attempt", retryAttempt)
            try writer.member("retry_of_run_id", retryOfRunID)
            try writer.member("scheduled_at", scheduledAt)
            try writer.member("start_at", startAt)
            try writer.member("status", status)
            try writer.member("task_name", taskName)
            try writer.member("tick", tick)
            try writer.member("timezone", timezone)
            try writer.member("triggered_by", triggeredBy)
        }
    }
}

extension RunPage: JSONWritable {
    var jsonSize: Int { runs.reduce(128) { $0 + $1.jsonSize } }

    func write(to writer: inout JSONWriter) throws {
        try writer.object { writer in
            try writer.member("$schema", schema)
            writer.name("runs")
            try writer.array(runs) { writer, run in try run.write(to: &writer) }
            writer.member("total", total)
        }
    }
}
