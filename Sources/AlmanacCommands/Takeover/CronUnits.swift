/// The units of systemd under which a cron runs.
struct CronUnits {
    /// Those that there are.
    let units: [TakeoverRecord.Unit]
    /// The main process of the first one that is active.
    let process: String?
    /// Units beside cron that start jobs of the same folders and that are left alone.
    let others: [String]

    /// Debian's, Red Hat's and Arch's names.
    private static let names = ["cron.service", "crond.service", "cronie.service"]
    private static let relatives = ["anacron.timer", "anacron.service"]

    init(_ systemd: SystemdControl) {
        var units: [TakeoverRecord.Unit] = []
        var process: String?
        for name in Self.names {
            let unit = Self.unit(name, systemd)
            // An alias shows the same unit again.
            guard let unit, !units.contains(where: { $0.name == unit.unit.name }) else { continue }
            units.append(unit.unit)
            if unit.unit.wasActive, process == nil, unit.process != "0" { process = unit.process }
        }
        self.units = units
        self.process = process
        others = Self.relatives.filter { systemd.properties(of: $0)["ActiveState"] == "active" }
    }

    /// A unit as it is now; nil where there is none.
    static func unit(_ name: String, _ systemd: SystemdControl) -> (unit: TakeoverRecord.Unit, process: String)? {
        let properties = systemd.properties(of: name)
        let load = properties["LoadState"] ?? "not-found"
        guard load == "loaded" || load == "masked" else { return nil }
        let state = properties["ActiveState"] ?? ""
        return (
            TakeoverRecord.Unit(
                name: properties["Id"] ?? name,
                wasActive: state == "active" || state == "activating" || state == "reloading",
                unitFileState: load == "masked" ? "masked" : properties["UnitFileState"] ?? ""
            ),
            properties["MainPID"] ?? "0"
        )
    }
}
