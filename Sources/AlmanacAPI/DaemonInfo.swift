/// What the daemon says of itself.
package struct DaemonInfo: WireObject {
    package static let schemaName = "DaemonInfo"

    package var schema: String?
    package var version: String
    /// A stable name of this daemon.
    package var fingerprint: String
    /// The TCP port that it serves; 0 where it serves none.
    package var port: Int64
    /// Always false: there is no cloud.
    package var cloudEnabled: Bool
    package var schedulingActive: Bool
    /// Whether systemd started it.
    package var serviceManaged: Bool
    /// Whether TCP asks for no credentials.
    package var authDisabled: Bool
    /// The absolute path of the configuration's file, as the daemon was given it.
    package var configPath: String?
    /// RFC 3339 in UTC.
    package var configLoadedAt: String
    /// Whether the file has changed since.
    package var configStale: Bool
    /// The zone of tasks that name none.
    package var resolvedTimezone: String
    /// `config` or `system`.
    package var timezoneSource: String
    package var tasks: [TaskBrief]
    package var capabilities: [CapabilityInfo]

    package init(
        version: String,
        fingerprint: String,
        port: Int64,
        cloudEnabled: Bool = false,
        schedulingActive: Bool,
        serviceManaged: Bool,
        authDisabled: Bool,
        configPath: String? = nil,
        configLoadedAt: String,
        configStale: Bool,
        resolvedTimezone: String,
        timezoneSource: String,
        tasks: [TaskBrief],
        capabilities: [CapabilityInfo]
    ) {
        self.version = version
        self.fingerprint = fingerprint
        self.port = port
        self.cloudEnabled = cloudEnabled
        self.schedulingActive = schedulingActive
        self.serviceManaged = serviceManaged
        self.authDisabled = authDisabled
        self.configPath = configPath
        self.configLoadedAt = configLoadedAt
        self.configStale = configStale
        self.resolvedTimezone = resolvedTimezone
        self.timezoneSource = timezoneSource
        self.tasks = tasks
        self.capabilities = capabilities
    }

    package enum CodingKeys: String, CodingKey {
        case schema = "$schema"
        case version, fingerprint, port
        case cloudEnabled = "cloud_enabled"
        case schedulingActive = "scheduling_active"
        case serviceManaged = "service_managed"
        case authDisabled = "auth_disabled"
        case configPath = "config_path"
        case configLoadedAt = "config_loaded_at"
        case configStale = "config_stale"
        case resolvedTimezone = "resolved_timezone"
        case timezoneSource = "timezone_source"
        case tasks, capabilities
    }
}

/// A task in short, as `DaemonInfo` lists it.
package struct TaskBrief: WireShape, Hashable {
    package static let schemaName = "TaskBrief"

    package var name: String
    package var apiTrigger: Bool
    package var kind: String?
    package var group: String?
    package var cron: String?
    package var onCalendar: String?
    package var onOverlap: String?
    package var maxConcurrent: Int64?
    package var catchUp: String?
    package var parameters: [ParameterResource]?

    package init(
        name: String,
        apiTrigger: Bool,
        kind: String? = nil,
        group: String? = nil,
        cron: String? = nil,
        onCalendar: String? = nil,
        onOverlap: String? = nil,
        maxConcurrent: Int64? = nil,
        catchUp: String? = nil,
        parameters: [ParameterResource]? = nil
    ) {
        self.name = name
        self.apiTrigger = apiTrigger
        self.kind = kind
        self.group = group
        self.cron = cron
        self.onCalendar = onCalendar
        self.onOverlap = onOverlap
        self.maxConcurrent = maxConcurrent
        self.catchUp = catchUp
        self.parameters = parameters
    }

    package enum CodingKeys: String, CodingKey {
        case name
        case apiTrigger = "api_trigger"
        case kind, group, cron
        case onCalendar = "on_calendar"
        case onOverlap = "on_overlap"
        case maxConcurrent = "max_concurrent"
        case catchUp = "catch_up"
        case parameters
    }
}

/// Something that a daemon may or may not be able to do.
package struct CapabilityInfo: WireShape, Hashable {
    package static let schemaName = "CapInfo"

    package var name: String
    package var available: Bool

    package init(name: String, available: Bool) {
        self.name = name
        self.available = available
    }
}
