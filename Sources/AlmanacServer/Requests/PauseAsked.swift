import AlmanacAPI
import AlmanacCalendar
import AlmanacModel

/// What a pause's body asks for: `{"until": "2026-03-29T01:00:00Z"}`.
struct PauseAsked: JSONBodyReading {
    static let example = "{\"until\": \"2026-03-29T01:00:00Z\"}"

    /// When the pause is to end, exclusive; nil for never. Within a second it is the second's end, so that what is due at
    /// its start is held.
    private(set) var until: Timestamp?
    /// The same as it was written.
    private(set) var untilText: String?
    var faults = RequestFaults()

    mutating func read(_ name: String, of body: KeyedDecodingContainer<JSONBodyKey>, _ key: JSONBodyKey) {
        guard name == "until" else {
            faults.add("body.\(name)", "is not known; expected until")
            return
        }
        if (try? body.decodeNil(forKey: key)) == true { return }
        let text = try? body.decode(String.self, forKey: key)
        if let text, let time = PreciseTimestamp(rfc3339: text) {
            untilText = text
            until = time.timestamp + (time.nanosecond > 0 ? 1 : 0)
        } else {
            faults.add("body.until", "expected a time as in 2026-03-29T01:00:00Z", value: body.found(key))
        }
    }
}
