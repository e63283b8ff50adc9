import AlmanacCalendar
import AlmanacZoneinfo
import Testing

@Suite("Every zone of this machine says what Python's zoneinfo says")
struct PythonZoneinfoTests {
    /// Lists every change of offset from 1900 to 2400. The instants come from the pure Python implementation, and each is checked
    /// against the public interface on both sides.
    static let script = """
        import sys
        from datetime import datetime, timedelta, timezone
        from zoneinfo import ZoneInfo
        from zoneinfo._zoneinfo import ZoneInfo as PlainZoneInfo

        epoch = datetime(1970, 1, 1)
        first = datetime(1900, 1, 1, tzinfo=timezone.utc).timestamp()
        last = datetime(2400, 1, 1, tzinfo=timezone.utc).timestamp()
        for name in sys.argv[1:]:
            plain = PlainZoneInfo.no_cache(name)
            zone = ZoneInfo(name)
            changes = [(at, int(info.utcoff.total_seconds())) for at, info in zip(plain._trans_utc, plain._ttinfos)]
            after = plain._tz_after
            if hasattr(after, "transitions"):
                known = changes[-1][0] if changes else -2**62
                standard, daylight = (int(i.utcoff.total_seconds()) for i in (after.std, after.dst))
                start_year = 1900 if not changes else max(1900, (epoch + timedelta(seconds=known)).year)
                late = []
                for year in range(start_year, 2401):
                    start, end = after.transitions(year)
                    late += [(start - standard, daylight), (end - daylight, standard)]
                changes += [c for c in sorted(late) if c[0] > known]
            def offset(at):
                return int((datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=at)).astimezone(zone).utcoffset().total_seconds())
            lines = []
            for at, _ in changes:
                if first < at < last and offset(at) != offset(at - 1):
                    lines.append(f"{at} {offset(at - 1)} {offset(at)}")
            print(name, ",".join(lines))
        """

    static let python: String? = {
        guard let python = MachineZones.program("python3"),
            (try? MachineZones.output(
                of: python,
                ["-c", "from zoneinfo._zoneinfo import ZoneInfo, _TZStr; _TZStr.transitions"]
            )) != nil
        else { return nil }
        return python
    }()

    static let chunks = 4

    @Test(
        "Every change of offset from 1900 to 2400",
        .enabled(if: python != nil, "python3 with zoneinfo is not installed"),
        arguments: 0..<chunks
    )
    func changes(chunk: Int) throws {
        let python = try #require(Self.python)
        let names = MachineZones.distinct.indices.filter { $0 % Self.chunks == chunk }.map { MachineZones.distinct[$0] }
        let output = try MachineZones.output(
            of: python,
            ["-c", Self.script] + names,
            environment: ["PYTHONTZPATH": MachineZones.database.directory]
        )
        let lines = output.split(separator: "\n")
        #expect(lines.count == names.count)
        for (name, line) in zip(names, lines) {
            let rules = try MachineZones.database.rules(for: ZoneID(name))
            var found: [String] = []
            var at = Timestamp(secondsSinceEpoch: -2_208_988_800)
            while let next = rules.transition(after: at), next.at < Timestamp(secondsSinceEpoch: 13_569_465_600) {
                found.append("\(next.at.secondsSinceEpoch) \(next.offsetBefore.seconds) \(next.offsetAfter.seconds)")
                at = next.at
            }
            if line != "\(name) \(found.joined(separator: ","))" { Issue.record("\(name) differs") }
        }
    }
}
