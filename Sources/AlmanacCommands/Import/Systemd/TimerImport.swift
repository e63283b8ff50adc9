import AlmanacCalendar

/// What a timer of systemd makes of its service: a task for each time that it names.
struct TimerImport {
    private let timer: UnitFile
    private let specifiers: UnitSpecifiers
    private(set) var account: ImportAccount
    private(set) var tasks: [ImportedTask] = []

    /// When a task is due, and what is to be said of it.
    private struct Time {
        var keys: [ImportedTask.Key]
        /// Whether `Persistent=` holds for it.
        var isCalendar = false
    }

    init(_ timer: UnitFile, service: UnitFile, account: ImportAccount, hasFile: @escaping (String) -> Bool) {
        self.timer = timer
        self.account = account
        specifiers = UnitSpecifiers(unit: UnitName(timer.name))
        let times = readTimes()
        var policies = readPolicies()
        readTheRest()
        guard !times.isEmpty else { return }

        let imported = ServiceImport(service, account: self.account, hasFile: hasFile)
        self.account = imported.account
        let name = ImportedTask.name(like: UnitName(timer.name).stem)
        let summary =
            timer.last("Unit", "Description").map { specifiers.expanded($0.value).text } ?? imported.description
        // systemd starts no unit that is active already.
        policies.append(.init(name: "on_overlap", value: .string("skip")))
        for (index, time) in times.enumerated() {
            var task = ImportedTask(name: index == 0 ? name : "\(name)-\(index + 1)")
            task.comments = ["\(timer.path), \(service.path)"]
            if let summary { task.set("description", .string(summary)) }
            task.keys += time.keys + imported.orderedKeys
            let catchesUp = time.isCalendar && isPersistent
            task.set("catch_up", .string(catchesUp ? "latest" : "skip"))
            task.keys += policies
            tasks.append(task)
        }
    }

    private func doubt(_ message: String, _ setting: UnitFile.Setting, in account: inout ImportAccount) {
        account.doubt("\(setting.key)=\(setting.value) \(message)", at: setting.place)
    }

    // MARK: Times

    private mutating func readTimes() -> [Time] {
        var times: [Time] = []
        for setting in timer.list("Timer", "OnCalendar") {
            let (text, _) = specifiers.expanded(setting.value)
            do throws(CalendarEventError) {
                _ = try CalendarEvent(text)
                times.append(Time(keys: [.init(name: "on_calendar", value: .string(text))], isCalendar: true))
            } catch {
                doubt("is left out: \(error)", setting, in: &account)
            }
        }
        times += readRepetitions()
        let boot = ["OnBootSec", "OnStartupSec", "OnActiveSec"].flatMap { timer.list("Timer", $0) }
        for (index, setting) in boot.enumerated() {
            if times.isEmpty, index == 0 {
                doubt(
                    "has no exact counterpart: run_on_start runs it at each start of the daemon, and at once",
                    setting,
                    in: &account
                )
                times.append(Time(keys: [.init(name: "run_on_start", value: .boolean(true))]))
            } else {
                doubt("is left out: the task has its other times", setting, in: &account)
            }
        }
        return times
    }

    /// `OnUnitActiveSec=` and `OnUnitInactiveSec=`, as `@every`.
    private mutating func readRepetitions() -> [Time] {
        ["OnUnitActiveSec", "OnUnitInactiveSec"].flatMap { timer.list("Timer", $0) }.compactMap { setting in
            guard let span = UnitTimeSpan.milliseconds(setting.value), span >= 1000, span % 1000 == 0 else {
                doubt("is not a span of whole seconds, and is left out", setting, in: &account)
                return nil
            }
            let start = setting.key == "OnUnitActiveSec" ? "from its last start" : "from the end of its last run"
            let every = "@every \(UnitTimeSpan.text(milliseconds: span))"
            doubt(
                "became \(every), which counts from 1970-01-01T00:00:00Z; systemd counts \(start)",
                setting,
                in: &account
            )
            return Time(keys: [.init(name: "cron", value: .string(every))])
        }
    }

    // MARK: Policies

    private var isPersistent: Bool {
        timer.last("Timer", "Persistent").flatMap { UnitFile.boolean($0.value) } ?? false
    }

    private mutating func readPolicies() -> [ImportedTask.Key] {
        guard let setting = timer.last("Timer", "RandomizedDelaySec") else { return [] }
        guard let span = UnitTimeSpan.milliseconds(setting.value) else {
            doubt("is not a span of time, and is left out", setting, in: &account)
            return []
        }
        return span == 0 ? [] : [.init(name: "jitter", value: .string(UnitTimeSpan.text(milliseconds: span)))]
    }

    private static let timeKeys: Set<String> = [
        "OnCalendar", "OnBootSec", "OnStartupSec", "OnActiveSec", "OnUnitActiveSec", "OnUnitInactiveSec", "Unit",
        "Persistent", "RandomizedDelaySec",
    ]

    /// What is left of the timer: nothing is dropped in silence.
    private mutating func readTheRest() {
        for first in timer.keysInForce {
            let setting = timer.last(first.section, first.key) ?? first
            switch (first.section, first.key) {
            case ("Timer", let key) where Self.timeKeys.contains(key): break
            case ("Timer", "AccuracySec"): account.idle("AccuracySec=\(setting.value)", in: timer.name)
            case ("Timer", "RemainAfterElapse"), ("Unit", "Documentation"), ("Unit", "DefaultDependencies"),
                ("Install", _):
                account.idle("\(first.key)=", in: timer.name)
            case ("Unit", "Description"): break
            case ("Timer", "WakeSystem") where UnitFile.boolean(setting.value) == false: break
            case ("Timer", "OnClockChange") where UnitFile.boolean(setting.value) == false: break
            case ("Timer", "OnTimezoneChange") where UnitFile.boolean(setting.value) == false: break
            case ("Timer", "FixedRandomDelay") where UnitFile.boolean(setting.value) == false: break
            case ("Timer", "WakeSystem"):
                doubt("has no counterpart: the machine is not woken up", setting, in: &account)
            case ("Timer", "FixedRandomDelay"):
                doubt("has no counterpart: jitter differs from run to run", setting, in: &account)
            case ("Unit", let key) where key.hasPrefix("Condition") || key.hasPrefix("Assert"):
                doubt("has no counterpart: the task is in force whether or not it holds", setting, in: &account)
            default: doubt("has no counterpart here and is left out", setting, in: &account)
            }
        }
    }
}
