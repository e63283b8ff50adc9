import AlmanacModel
import Logging

extension Logger {
    /// Says what is new of the crontabs.
    func log(_ items: [CrontabNews.Item]) {
        for item in items {
            var metadata: Metadata = ["event": "\(item.event)"]
            if let file = item.file { metadata["crontab"] = "\(file)" }
            if let line = item.line { metadata["crontab_line"] = "\(line)" }
            log(level: item.event == .crontabChanged ? .notice : .warning, "\(item.text)", metadata: metadata)
        }
    }

    /// Says that crontabs are held from now on, or are not any more.
    func logHold(from former: HeldTasks?, to present: HeldTasks?) {
        if let present, present.reason != former?.reason {
            warning(
                "\(present.text)",
                metadata: ["event": "\(LoggedEvent.crontabsHeld)", "count": "\(present.count)"]
            )
        } else if present == nil, let former {
            notice(
                "\(former.count) crontab \(former.count == 1 ? "task is" : "tasks are") not held any more",
                metadata: ["event": "\(LoggedEvent.crontabsReleased)", "count": "\(former.count)"]
            )
        }
    }
}
