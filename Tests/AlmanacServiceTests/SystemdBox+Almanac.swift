import AlmanacAPI
import AlmanacTesting
import FoundationEssentials

extension SystemdBox {
    /// A box with a unit of `contrib/systemd` in place, and its user where it has one; the service is not started.
    static func withUnits(of variant: String) throws -> SystemdBox {
        let box = try SystemdBox(binds: ["/units": UnitTextTests.folder])
        if variant == "unprivileged" { box.run(["systemd-sysusers", "/units/unprivileged/sysusers.conf"]) }
        box.shell("cp /units/\(variant)/almanac.service /etc/systemd/system/; systemctl daemon-reload")
        return box
    }

    func configure(_ text: String) {
        write(text, to: "/etc/almanac/almanac.toml")
    }

    /// What the daemon answers to a GET.
    func get(_ path: String) -> String {
        run(["curl", "--silent", "--unix-socket", "/run/almanac/almanac.sock", "http://localhost\(path)"])
            .standardOutput
    }

    /// The runs, newest first.
    func runs(_ query: String = "") -> [RunResource] {
        let body = get("/api/runs?limit=1000\(query.isEmpty ? "" : "&\(query)")")
        return (try? JSONDecoder().decode(RunPage.self, from: Data(body.utf8)).runs) ?? []
    }

    /// Starts a run of each task by hand, and waits until each has printed its first line.
    ///
    /// - Returns: the runs' ids; fewer than tasks where something went wrong.
    func begin(_ tasks: [String]) -> [String] {
        let ids = tasks.compactMap { task in
            run(["almanac", "run", task]).standardOutput.split(separator: "\n").first.map(String.init)
        }
        let haveBegun = eventually { ids.allSatisfy { log(of: $0).hasPrefix("begun\n") } }
        return haveBegun ? ids : []
    }

    func log(of id: String) -> String {
        get("/api/runs/\(id)/log/raw")
    }

    /// Ten tasks that print "begun", wait for the file /run/go, print "done", and exit with a code of their own, 40 to 49.
    static let waitingTasks = (0..<10).map { number in
        """
        [tasks.job\(number)]
        run = "echo begun; while [ ! -e /run/go ]; do sleep 0.1; done; echo done; exit \(40 + number)"

        """
    }.joined()
}
