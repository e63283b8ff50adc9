/// The names of weekdays in systemd's notation; 0 is Monday.
enum EventWeekday {
    private static let names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

    /// The number of a name, full or of three letters, whatever its case.
    static func number(named bytes: ArraySlice<UInt8>) -> Int? {
        names.firstIndex { name in
            isSame(bytes, name) || bytes.count == 3 && isSame(bytes, name.prefix(3))
        }
    }

    /// `Mon,Wed..Fri`: stretches of three and more are ranges. Bit 0 of the set is Sunday.
    static func text(of weekdays: UInt32) -> String {
        let numbers = (0..<7).filter { weekdays >> UInt32(($0 + 1) % 7) & 1 != 0 }
        var items: [String] = []
        var rest = numbers[...]
        while let first = rest.popFirst() {
            var last = first
            while rest.first == last + 1 { last = rest.removeFirst() }
            let (start, end) = (String(names[first].prefix(3)), String(names[last].prefix(3)))
            items.append(last == first ? start : last == first + 1 ? "\(start),\(end)" : "\(start)..\(end)")
        }
        return items.joined(separator: ",")
    }
}

/// A word that stands for a whole event.
struct EventShorthand {
    var weekdays: UInt32 = 0
    var months = EventChain.any
    var days = EventChain.any
    var hours = EventChain(0)
    var minutes = EventChain(0)

    /// The shorthand of a name, whatever its case; systemd's synonyms and its old misspelling included.
    static func named(_ bytes: ArraySlice<UInt8>) -> EventShorthand? {
        let byName: [(names: [String], shorthand: () -> EventShorthand)] = [
            (["minutely"], { EventShorthand(hours: .any, minutes: .any) }),
            (["hourly"], { EventShorthand(hours: .any) }),
            (["daily"], { EventShorthand() }),
            (["weekly"], { EventShorthand(weekdays: 1 << 1) }),
            (["monthly"], { EventShorthand(days: EventChain(1)) }),
            (["quarterly"], { EventShorthand(months: .starts(every: 3), days: EventChain(1)) }),
            (
                ["semiannually", "semi-annually", "biannually", "bi-annually"],
                { EventShorthand(months: .starts(every: 6), days: EventChain(1)) }
            ),
            (["yearly", "annually", "anually"], { EventShorthand(months: EventChain(1), days: EventChain(1)) }),
        ]
        return byName.first { $0.names.contains { isSame(bytes, $0) } }?.shorthand()
    }
}

extension EventChain {
    /// The first month of every so many.
    fileprivate static func starts(every months: Int) -> EventChain {
        EventChain(stride(from: 1, through: 12, by: months).map { EventComponent(first: $0, last: nil, step: 0) })
    }
}

/// Whether the bytes are this text, whatever the case of ASCII letters.
private func isSame(_ bytes: ArraySlice<UInt8>, _ text: some StringProtocol) -> Bool {
    bytes.count == text.utf8.count
        && zip(bytes, text.utf8).allSatisfy { byte, character in
            byte == character
                || (byte ^ character == 0x20 && (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20))
        }
}
