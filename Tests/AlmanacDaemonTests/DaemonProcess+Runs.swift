import AlmanacAPI
import AlmanacTesting
import FoundationEssentials

extension DaemonProcess {
    /// The runs that a listing answers with, newest first.
    func runs(_ query: String = "") -> [RunResource] {
        let answer = get("/api/runs?limit=1000\(query.isEmpty ? "" : "&\(query)")")
        guard answer.status == 200 else { return [] }
        return (try? JSONDecoder().decode(RunPage.self, from: Data(answer.body.utf8)).runs) ?? []
    }

    func run(_ id: String) -> RunResource? {
        decode(get("/api/runs/\(id)"))
    }

    /// Starts a run by hand.
    func trigger(_ task: String) -> RunResource? {
        decode(post("/api/tasks/\(task)/run"))
    }

    /// Starts a run by hand and waits for its end.
    func triggerAndWait(_ task: String) -> RunResource? {
        decode(post("/api/tasks/\(task)/run?wait=true&wait_timeout=50"))
    }

    /// What a run's command printed.
    func log(of run: RunResource) -> String {
        get("/api/runs/\(run.id)/log/raw").body
    }

    private func decode(_ answer: Answer) -> RunResource? {
        guard (200...299).contains(answer.status) else { return nil }
        return try? JSONDecoder().decode(RunResource.self, from: Data(answer.body.utf8))
    }
}
