import AlmanacCalendar
import Foundation
import Testing

@Suite("Calendar events agree with systemd-analyze calendar", .enabled(if: SystemdAnalyze.isPresent))
struct SystemdDifferentialTests {
    /// None shortly before midnight: there systemd 252 passes by 00:00 of `*:0/7`, and of other steps that do not divide the hour.
    static let bases = ["1970-01-01 00:00:00", "2000-02-29 12:00:00", "2026-07-01 12:34:56", "2099-12-31 00:00:00"]
    static let iterations = 4
    static let generated = 120

    /// Zones with fixtures; the machine's own data are asked by systemd.
    static let zones = [
        "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago",
    ]

    @Test("What is written by hand, taken or refused: forms and next times", arguments: bases)
    func byHand(base: String) throws {
        let texts = CalendarEventFormTests.forms.map(\.text) + CalendarEventErrorTests.rows.map(\.text)
        try compare(texts.filter { !$0.isEmpty }, after: base)
    }

    @Test("Generated events in UTC: forms, next times and refusals", arguments: bases)
    func generated(base: String) throws {
        var random = RandomEvent(generator: SeededGenerator(seed: 41))
        let year = Int(base.prefix(4))! + 1
        let texts = (0..<Self.generated).map { _ in random.text(year: year) }
        let agreed = try compare(texts, after: base)
        #expect(agreed > Self.generated / 2)
    }

    @Test("Mutated events: both take them, or both refuse them")
    func mutated() throws {
        var random = RandomEvent(generator: SeededGenerator(seed: 42))
        let texts = (0..<3 * Self.generated).map { _ in random.mutated() }.filter { !$0.isEmpty }
        try compare(texts, after: Self.bases[2])
    }

    @Test("Generated events in zones, away from clock changes", arguments: zones)
    func inZones(zone: String) throws {
        var random = RandomEvent(generator: SeededGenerator(seed: 43))
        let texts = (0..<Self.generated / 2).map { _ in random.text() + " " + zone }
        try compare(texts, after: Self.bases[2])
    }

    /// Compares texts, and answers how many times of day were compared.
    @discardableResult
    private func compare(_ texts: [String], after base: String) throws -> Int {
        let answers = try SystemdAnalyze.answers(for: texts, after: base, count: Self.iterations)
        var agreed = 0
        for (text, answer) in zip(texts, answers) {
            do throws(CalendarEventError) {
                let event = try CalendarEvent(text)
                guard let answer else {
                    // The calendar leaves it to others whether there is such a zone.
                    let isZone = event.zone.map { Self.isZone($0.name) } ?? true
                    // systemd lowers the limit of 28 by 3 for each item of a list that is counted from the month's end.
                    let isListFromLast = text.contains("~") && text.contains(",")
                    #expect(!isZone || isListFromLast, "systemd refuses \(text)")
                    continue
                }
                #expect(event.description == answer.normalized, "\(text)")
                agreed += compareTimes(of: event, answer, after: base, text)
            } catch {
                if error.message.contains("fraction of a second") { continue }
                if error.message.contains("never is") {
                    #expect(answer?.elapses == [], "\(text): \(error)")
                } else {
                    #expect(answer == nil, "\(text): \(error)")
                }
            }
        }
        return agreed
    }

    /// Compares each of systemd's times with what comes after the one before it.
    private func compareTimes(
        of event: CalendarEvent,
        _ answer: SystemdAnalyze.Answer,
        after base: String,
        _ text: String
    ) -> Int {
        guard let zone = event.zone.map({ $0.name == "UTC" ? .utc : Self.rules($0.name) }) ?? .utc else { return 0 }
        let schedule = Schedule(event.expression, in: zone)
        var at = Self.instant(base)
        var agreed = 0
        for elapse in answer.elapses.map(Self.instant) {
            let next = schedule.firing(after: at)
            let isCalm = [at, elapse, next?.at ?? elapse].allSatisfy { self.isCalm(zone, $0) }
            if isCalm, next?.at != elapse {
                Issue.record("\(text) after \(at): found \(next.map { "\($0)" } ?? "none"), systemd \(elapse)")
            }
            agreed += isCalm ? 1 : 0
            at = elapse
        }
        // systemd knows no year after 2199.
        if answer.elapses.count < Self.iterations, let next = schedule.firing(after: at), isCalm(zone, next.at) {
            #expect(next.at >= Timestamp(rfc3339: "2200-01-01T00:00:00Z")! - 86_400, "\(text) after \(at)")
        }
        return agreed
    }

    /// Whether no clocks change within a day of an instant. Near a change systemd's search goes other ways, on purpose.
    private func isCalm(_ zone: ZoneRules, _ instant: Timestamp) -> Bool {
        zone.transition(after: instant - 90_000).map { $0.at > instant + 90_000 } ?? true
    }

    private static func rules(_ name: String) -> ZoneRules? {
        Fixtures.realZones.contains(name) ? Fixtures.zone(name) : nil
    }

    private static func isZone(_ name: String) -> Bool {
        var isFolder: ObjCBool = false
        return unsafe FileManager.default.fileExists(atPath: "/usr/share/zoneinfo/" + name, isDirectory: &isFolder)
            && !isFolder.boolValue
    }

    private static func instant(_ text: String) -> Timestamp {
        AlmanacCalendarTests.instant(text.replacingOccurrences(of: " ", with: "T") + "Z")
    }
}
