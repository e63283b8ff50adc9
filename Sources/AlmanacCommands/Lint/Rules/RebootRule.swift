import AlmanacCalendar

/// `@reboot` of almanac.toml, which is another thing than a crontab's.
struct RebootRule: LintRule {
    let name = "reboot"

    func messages(for job: LintJob, _ circumstances: LintCircumstances) -> [String] {
        guard !job.isCrontab, job.schedule?.expression.isReboot == true else { return [] }
        return [
            "@reboot runs it at each start of the daemon, a restart for an upgrade included, not once a boot; a crontab's @reboot runs once a boot"
        ]
    }
}
