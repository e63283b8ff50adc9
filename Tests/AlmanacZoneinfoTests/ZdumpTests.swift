import AlmanacCalendar
import AlmanacZoneinfo
import Testing

@Suite("Every zone of this machine says what zdump says")
struct ZdumpTests {
    static let chunks = 8

    @Test(
        "Every change from 1900 to 2037: offset, daylight saving time and abbreviation",
        .enabled(if: MachineZones.program("zdump") != nil, "zdump is not installed"),
        arguments: 0..<chunks
    )
    func changes(chunk: Int) throws {
        let zdump = try #require(MachineZones.program("zdump"))
        let names = MachineZones.distinct.indices.filter { $0 % Self.chunks == chunk }.map { MachineZones.distinct[$0] }
        let paths = names.map { MachineZones.database.directory + "/" + $0 }
        let output = try MachineZones.output(of: zdump, ["-v", "-c", "1900,2038"] + paths)

        var instants: [String: Set<Int64>] = [:]
        var zone: (path: String, rules: ZoneRules)?
        for line in output.utf8.split(separator: UInt8(ascii: "\n")) {
            guard let said = Line(line) else { continue }
            if zone?.path != said.path {
                let name = String(said.path.dropFirst(MachineZones.database.directory.count + 1))
                zone = (said.path, try MachineZones.database.rules(for: ZoneID(name)))
            }
            guard let rules = zone?.rules else { continue }
            instants[said.path, default: []].insert(said.at.secondsSinceEpoch)
            let isSame =
                rules.offset(at: said.at).seconds == said.offset
                && rules.isDaylightSaving(at: said.at) == said.isDaylightSaving
                && rules.abbreviation(at: said.at) == said.abbreviation
            if !isSame { Issue.record("\(said.path) at \(said.at)") }
        }
        // Nor is there a change that zdump does not know.
        for name in names {
            let rules = try MachineZones.database.rules(for: ZoneID(name))
            let known = instants[MachineZones.database.directory + "/" + name] ?? []
            var at = Timestamp(secondsSinceEpoch: -2_208_988_800)
            while let next = rules.transition(after: at), next.at < Timestamp(secondsSinceEpoch: 2_145_916_800) {
                if !known.contains(next.at.secondsSinceEpoch) { Issue.record("\(name) at \(next.at)") }
                at = next.at
            }
        }
        #expect(instants.count > names.count / 2)
    }

    /// `Europe/Berlin  Sun Apr 30 22:00:00 1916 UT = Mon May  1 00:00:00 1916 CEST isdst=1 gmtoff=7200`
    private struct Line {
        let path: String
        let at: Timestamp
        let abbreviation: String
        let isDaylightSaving: Bool
        let offset: Int32

        private static let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]

        init?(_ line: Substring.UTF8View) {
            let words = line.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
            guard words.count == 16, words[6] == "UT", let month = Self.months.firstIndex(of: words[2]),
                let day = Int(words[3]),
                let year = Int(words[5]), let date = CivilDate(year: year, month: month + 1, day: day),
                let time = CivilTime(words[4]),
                let offset = Int32(words[15].dropFirst("gmtoff=".count))
            else { return nil }
            path = words[0]
            at = Timestamp(secondsSinceEpoch: CivilDateTime(date: date, time: time).wallSeconds)
            abbreviation = words[13]
            isDaylightSaving = words[14] == "isdst=1"
            self.offset = offset
        }
    }
}
