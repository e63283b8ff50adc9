/// Reads zone files, RFC 9636, versions 1 to 4.
///
/// A file of version 2 or later holds its data twice; the first, 32-bit copy is stepped over, as RFC 9636, 4 asks of readers.
/// Every access is checked against the bytes that there are; the work grows with the file's size alone.
struct TZifReader {
    private let bytes: [UInt8]
    private var position = 0

    /// Decodes a whole file.
    static func read(_ bytes: [UInt8]) throws(TZifError) -> ZoneData {
        var reader = TZifReader(bytes: bytes)
        return try reader.file()
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func file() throws(TZifError) -> ZoneData {
        let first = try header()
        guard first.version >= 2 else {
            let data = try dataBlock(first, timeSize: 4)
            try end()
            return data
        }
        try skip(first.size(timeSize: 4), "32-bit data")
        let second = try header()
        guard second.version == first.version else {
            throw TZifError(reason: .unknownVersion(second.versionByte), byteOffset: second.start + 4)
        }
        var data = try dataBlock(second, timeSize: 8)
        data.footer = try footer()
        try end()
        return data
    }

    // MARK: Header

    /// The 44 bytes before a data block.
    private struct Header {
        var start: Int
        var version: Int
        var versionByte: UInt8
        /// isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt; each below 2^32.
        var utIndicators, standardIndicators, leapSeconds, transitions, types, characters: Int

        /// The size in bytes of the data block that follows.
        func size(timeSize: Int) -> Int {
            transitions * (timeSize + 1) + types * 6 + characters + leapSeconds * (timeSize + 4) + standardIndicators
                + utIndicators
        }
    }

    private mutating func header() throws(TZifError) -> Header {
        let start = position
        guard bytes.count - start >= 4, bytes[start..<start + 4].elementsEqual("TZif".utf8) else {
            throw TZifError(reason: .notTZif, byteOffset: start)
        }
        guard bytes.count - start >= 44 else {
            throw TZifError(reason: .truncated(missing: "header"), byteOffset: bytes.count)
        }
        let versionByte = bytes[start + 4]
        let version: Int
        switch versionByte {
        case 0: version = 1
        case UInt8(ascii: "2")...UInt8(ascii: "4"): version = Int(versionByte - UInt8(ascii: "0"))
        default: throw TZifError(reason: .unknownVersion(versionByte), byteOffset: start + 4)
        }
        position = start + 20
        return Header(
            start: start,
            version: version,
            versionByte: versionByte,
            utIndicators: unsigned(),
            standardIndicators: unsigned(),
            leapSeconds: unsigned(),
            transitions: unsigned(),
            types: unsigned(),
            characters: unsigned()
        )
    }

    /// Refuses counts that contradict each other, and data that end too early.
    private func check(_ header: Header, timeSize: Int) throws(TZifError) {
        func refuse(_ sentence: String, at field: Int) -> TZifError {
            TZifError(reason: .impossibleCount(sentence), byteOffset: header.start + 20 + 4 * field)
        }
        if header.leapSeconds != 0 { throw TZifError(reason: .leapSeconds, byteOffset: header.start + 28) }
        if header.types == 0 { throw refuse("the file has no local time type", at: 4) }
        if header.types > 256 {
            throw refuse("\(header.types) local time types are more than the 256 that there can be", at: 4)
        }
        if header.characters == 0 { throw refuse("the file has no abbreviations", at: 5) }
        if header.utIndicators != 0, header.utIndicators != header.types {
            throw refuse("\(header.utIndicators) UT indicators do not fit \(header.types) local time types", at: 0)
        }
        if header.standardIndicators != 0, header.standardIndicators != header.types {
            throw refuse(
                "\(header.standardIndicators) standard-time indicators do not fit \(header.types) local time types",
                at: 1
            )
        }
        if bytes.count - position < header.size(timeSize: timeSize) {
            throw TZifError(reason: .truncated(missing: "data"), byteOffset: bytes.count)
        }
    }

    // MARK: Data block

    private mutating func dataBlock(_ header: Header, timeSize: Int) throws(TZifError) -> ZoneData {
        try check(header, timeSize: timeSize)
        let transitions = try transitions(header, timeSize: timeSize)
        let types = try localTimeTypes(header)
        try indicators(header)
        return ZoneData(types: types, transitions: transitions, footer: nil)
    }

    private mutating func transitions(_ header: Header, timeSize: Int) throws(TZifError) -> [(at: Int64, type: Int)] {
        let times = position
        let indexes = times + header.transitions * timeSize
        var result: [(at: Int64, type: Int)] = []
        result.reserveCapacity(header.transitions)
        for index in 0..<header.transitions {
            let at = timeSize == 8 ? signed64() : Int64(signed32())
            if let last = result.last, at <= last.at {
                throw TZifError(reason: .unorderedTransition(index: index), byteOffset: times + index * timeSize)
            }
            // What is settled near a transition looks at all others whose wall times may touch its own.
            if index >= 1000, at.subtractingSaturating(result[index - 1000].at) < 52 * 3600 {
                throw TZifError(reason: .crowdedTransition(index: index), byteOffset: times + index * timeSize)
            }
            let type = Int(bytes[indexes + index])
            guard type < header.types else {
                throw TZifError(reason: .unknownType(index: type, of: header.types), byteOffset: indexes + index)
            }
            result.append((at, type))
        }
        position = indexes + header.transitions
        return result
    }

    private mutating func localTimeTypes(_ header: Header) throws(TZifError) -> [LocalTimeType] {
        let characters = position + header.types * 6
        let table = bytes[characters..<characters + header.characters]
        var result: [LocalTimeType] = []
        for _ in 0..<header.types {
            let start = position
            let offset = signed32()
            guard UTCOffset.validSeconds.contains(Int64(offset)) else {
                throw TZifError(reason: .offsetOutOfRange(seconds: offset), byteOffset: start)
            }
            let isDaylightSaving = try boolean(at: start + 4)
            let abbreviation = try abbreviation(named: start + 5, in: table)
            position = start + 6
            result.append(LocalTimeType(offset: offset, isDaylightSaving: isDaylightSaving, abbreviation: abbreviation))
        }
        position = characters + header.characters
        return result
    }

    private func abbreviation(named indexPosition: Int, in table: ArraySlice<UInt8>) throws(TZifError) -> String {
        let start = table.startIndex + Int(bytes[indexPosition])
        guard start < table.endIndex, let end = table[start...].firstIndex(of: 0) else {
            throw TZifError(reason: .abbreviationOutOfRange, byteOffset: indexPosition)
        }
        guard table[start..<end].allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw TZifError(reason: .abbreviationNotASCII, byteOffset: indexPosition)
        }
        return String(decoding: table[start..<end], as: UTF8.self)
    }

    /// Checks the indicators, which matter to nobody since POSIX rules stand in the footer (RFC 9636, 3.2).
    private mutating func indicators(_ header: Header) throws(TZifError) {
        let standard = position
        let ut = standard + header.standardIndicators
        for index in 0..<header.standardIndicators { _ = try boolean(at: standard + index) }
        for index in 0..<header.utIndicators {
            let isUT = try boolean(at: ut + index)
            let isStandard = header.standardIndicators == 0 ? false : try boolean(at: standard + index)
            if isUT, !isStandard { throw TZifError(reason: .indicatorsDisagree, byteOffset: ut + index) }
        }
        position = ut + header.utIndicators
    }

    // MARK: Footer

    private mutating func footer() throws(TZifError) -> POSIXTimeZone? {
        let start = position
        guard start < bytes.count else { throw TZifError(reason: .truncated(missing: "footer"), byteOffset: start) }
        let newline = UInt8(ascii: "\n")
        guard bytes[start] == newline, let end = bytes[(start + 1)...].firstIndex(of: newline) else {
            throw TZifError(reason: .footerNotDelimited, byteOffset: start)
        }
        position = end + 1
        guard end > start + 1 else { return nil }
        do {
            return try POSIXTimeZone(bytes: Array(bytes[start + 1..<end]))
        } catch {
            throw TZifError(reason: .footer(error), byteOffset: start + 1 + error.byteOffset)
        }
    }

    private func end() throws(TZifError) {
        if position < bytes.count { throw TZifError(reason: .trailingBytes, byteOffset: position) }
    }

    // MARK: Numbers, whose bytes have been checked to exist

    private mutating func skip(_ count: Int, _ what: String) throws(TZifError) {
        guard bytes.count - position >= count else {
            throw TZifError(reason: .truncated(missing: what), byteOffset: bytes.count)
        }
        position += count
    }

    private mutating func bigEndian(_ size: Int) -> UInt64 {
        var value: UInt64 = 0
        for byte in bytes[position..<position + size] { value = value << 8 | UInt64(byte) }
        position += size
        return value
    }

    private mutating func unsigned() -> Int { Int(bigEndian(4)) }

    private mutating func signed32() -> Int32 { Int32(truncatingIfNeeded: bigEndian(4)) }

    private mutating func signed64() -> Int64 { Int64(truncatingIfNeeded: bigEndian(8)) }

    private func boolean(at offset: Int) throws(TZifError) -> Bool {
        switch bytes[offset] {
        case 0: false
        case 1: true
        case let other: throw TZifError(reason: .notABoolean(other), byteOffset: offset)
        }
    }
}
