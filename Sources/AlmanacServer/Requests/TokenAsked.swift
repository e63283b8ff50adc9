import AlmanacAPI
import AlmanacModel

/// What the body of a new token asks for: `{"name": "deploy", "scopes": ["trigger:backup"]}`.
struct TokenAsked: JSONBodyReading {
    static let example = "{\"name\": \"deploy\", \"scopes\": [\"trigger:backup\"]}"

    private(set) var name: String?
    /// Each once, in the order in which they were asked for.
    private(set) var scopes: [TokenScope] = []
    private(set) var expiresAt: PreciseTimestamp?
    /// The same as it was written.
    private(set) var expiresAtText: String?
    private var hasScopes = false
    var faults = RequestFaults()

    private static let expectation = "expected read, trigger, trigger:TASK or admin"

    mutating func read(_ name: String, of body: KeyedDecodingContainer<JSONBodyKey>, _ key: JSONBodyKey) {
        switch name {
        case "name": readName(body, key)
        case "scopes": readScopes(body, key)
        case "expires_at": readExpiry(body, key)
        default: faults.add("body.\(name)", "is not known; expected one of expires_at, name, scopes")
        }
    }

    /// Finds what is missing.
    mutating func check() {
        if name == nil, !faults.concern("body.name"), !faults.concern("body") {
            faults.add("body.name", "is missing; expected a name such as \"deploy\"")
        }
        if !hasScopes, !faults.concern("body.scopes"), !faults.concern("body") {
            faults.add("body.scopes", "is missing; expected a list such as [\"trigger:backup\"]")
        }
    }

    private mutating func readName(_ body: KeyedDecodingContainer<JSONBodyKey>, _ key: JSONBodyKey) {
        let text = try? body.decode(String.self, forKey: key)
        if let text, TaskDefinition.isValidName(text) {
            name = text
        } else {
            faults.add(
                "body.name",
                "a token's name is 1 to 100 characters of a-z, A-Z, 0-9, '.', '_', ':' and '-'",
                value: body.found(key)
            )
        }
    }

    private mutating func readScopes(_ body: KeyedDecodingContainer<JSONBodyKey>, _ key: JSONBodyKey) {
        hasScopes = true
        guard let words = try? body.decode([String].self, forKey: key), (1...100).contains(words.count) else {
            faults.add(
                "body.scopes",
                "expected a list of 1 to 100 scopes, as in [\"read\", \"trigger:backup\"]",
                value: body.found(key)
            )
            return
        }
        for (index, word) in words.enumerated() {
            guard let scope = TokenScope(word) else {
                faults.add("body.scopes[\(index)]", Self.expectation, value: .string(word))
                continue
            }
            if !scopes.contains(scope) { scopes.append(scope) }
        }
    }

    private mutating func readExpiry(_ body: KeyedDecodingContainer<JSONBodyKey>, _ key: JSONBodyKey) {
        if (try? body.decodeNil(forKey: key)) == true { return }
        expiresAtText = try? body.decode(String.self, forKey: key)
        expiresAt = expiresAtText.flatMap { PreciseTimestamp(rfc3339: $0) }
        if expiresAt == nil {
            faults.add(
                "body.expires_at",
                "expected a time as in 2027-03-29T01:00:00Z",
                value: body.found(key)
            )
        }
    }
}
