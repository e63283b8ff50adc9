/// What an event of a run carries: the run as it was then.
package struct RunEventData<Kind: RunEventKind>: WireShape {
    package static var schemaName: String { Kind.schemaName }

    package var run: RunResource
    /// Why it ended so, where there is more to say than its reason.
    package var error: String?

    package init(run: RunResource, error: String? = nil) {
        self.run = run
        self.error = error
    }
}

/// Tells the events of runs apart.
package protocol RunEventKind: Sendable {
    static var schemaName: String { get }
}

package enum RunCreatedKind: RunEventKind { package static var schemaName: String { "RunCreatedEvent" } }
package enum RunStartedKind: RunEventKind { package static var schemaName: String { "RunStartedEvent" } }
package enum RunCompletedKind: RunEventKind { package static var schemaName: String { "RunCompletedEvent" } }
package enum RunFailedKind: RunEventKind { package static var schemaName: String { "RunFailedEvent" } }
package enum RunUpdatedKind: RunEventKind { package static var schemaName: String { "RunUpdatedEvent" } }

package typealias RunCreatedEvent = RunEventData<RunCreatedKind>
package typealias RunStartedEvent = RunEventData<RunStartedKind>
/// The run has ended as `success`.
package typealias RunCompletedEvent = RunEventData<RunCompletedKind>
/// The run has ended for any other reason than `success` and those for which no command was to run.
package typealias RunFailedEvent = RunEventData<RunFailedKind>
/// The run was turned away, or something about it has changed.
package typealias RunUpdatedEvent = RunEventData<RunUpdatedKind>

/// The run is gone.
package struct RunDeletedSSEEvent: WireShape {
    package static let schemaName = "RunDeletedSSEEvent"

    package var runID: String
    package var taskName: String

    package init(runID: String, taskName: String) {
        self.runID = runID
        self.taskName = taskName
    }

    package enum CodingKeys: String, CodingKey {
        case runID = "run_id"
        case taskName = "task_name"
    }
}

/// Says that the connection stands.
package struct PingEvent: WireShape {
    package static let schemaName = "PingEvent"

    package init() {}
}
