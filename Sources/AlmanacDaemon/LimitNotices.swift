import AlmanacLinux
import AlmanacModel

extension DelegatedControlGroup? {
    /// What is to be said of the limits of tasks that nobody keeps here: a sentence for each key, with the tasks that have it and the mend.
    func notices(on tasks: [TaskDefinition]) -> [String] {
        var names: [String: (controller: String, tasks: [String])] = [:]
        for task in tasks {
            for (key, controller) in task.settings.limits.controllers
            where self?.controllers.contains(controller) != true {
                names[key, default: (controller, [])].tasks.append(task.name)
            }
        }
        return names.sorted { $0.key < $1.key }.map { key, value in
            let shown = value.tasks.prefix(3).joined(separator: ", ") + (value.tasks.count > 3 ? ", ..." : "")
            let count = value.tasks.count == 1 ? "1 task" : "\(value.tasks.count) tasks"
            return "\(key) of \(count) (\(shown)) is not kept: \(reason(value.controller))"
        }
    }

    private func reason(_ controller: String) -> String {
        guard let self else {
            return "the daemon has no cgroup to divide among its runs; run it as a systemd service with Delegate=yes"
        }
        if self.offers(controller) {
            return
                "start the daemon with --cgroup-controllers, and take them back between two daemons as almanac.service does"
        }
        return "the \(controller) controller is not in \(self.path)/cgroup.controllers"
    }
}

/// Takes the controllers back from the cgroups of runs, so that a service manager may start a daemon in the delegated group; does nothing where nothing
/// is delegated to the caller.
///
/// - Returns: why it could not be done, as a sentence; nil where it was.
package func releaseControllers() -> String? {
    do throws(SystemError) {
        try DelegatedControlGroup.find()?.releaseControllers()
        return nil
    } catch {
        return "the controllers cannot be taken back: \(error)"
    }
}
