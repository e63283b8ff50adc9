import AlmanacAPI
import AlmanacCalendar
import AlmanacModel

extension RunResource {
    init(_ run: Run) {
        self.init(
            id: run.id.description,
            taskName: run.taskName,
            status: run.state.phase.rawValue,
            exitCode: run.exitCode,
            triggeredBy: run.trigger.rawValue,
            createdAt: run.createdAt.description,
            retryAttempt: Int64(run.retryAttempt)
        )
        let end = run.state.end
        endReason = end?.reason.rawValue
        startAt = run.state.startedAt?.description
        endAt = end?.at.description
        message = end?.message
        cpuSeconds = end?.usage.map { $0.cpu / .seconds(1) }
        maxRSSBytes = end?.usage?.maxResidentBytes
        retryOfRunID = run.retryOf?.description
        externalExecutionID = run.externalExecutionID
        params = run.params.isEmpty ? nil : run.params
        scheduledAt = run.scheduled?.at.description
        tick = run.scheduled?.tick?.description
        timezone = run.scheduled?.zone.name
        missedCount = run.missed.map { Int64($0.count) }
        missedUntil = run.missed?.until.description
        catchUp = run.isCatchUp ? true : nil
    }
}

extension AlmanacAPI.RunPage {
    init(_ page: AlmanacModel.RunPage) {
        self.init(runs: page.runs.map { RunResource($0) }, total: Int64(page.total))
    }
}

extension LogLine {
    init(_ line: RunLogLine) {
        self.init(
            n: Int64(line.number),
            ts: line.at.millisecondsSinceEpoch,
            stream: line.stream.rawValue,
            text: String(decoding: line.text, as: UTF8.self),
            continued: line.isContinued ? true : nil,
            partial: line.isPartial ? true : nil
        )
    }
}

extension LogPage {
    init(_ page: RunLogPage) {
        self.init(
            lines: page.lines.map { LogLine($0) },
            firstAvailable: Int64(page.firstAvailable),
            totalLines: Int64(page.totalLines),
            truncated: page.isTruncated,
            finalized: page.isFinalized
        )
    }
}
