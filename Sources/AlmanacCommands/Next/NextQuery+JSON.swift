import FoundationEssentials

extension NextQuery {
    /// Reads a request line: one JSON object, of which all members but `expr` are optional.
    ///
    /// A member that is null counts as absent. Throws a fault of the field `request` for text that is not JSON, for a member that
    /// does not exist, and where `expr` or `skipped` has a wrong type; of the member's own field for the others.
    init(json line: [UInt8]) throws(NextFault) {
        guard !Self.hasTrailingComma(line) else {
            throw NextFault("request", "not JSON: a comma before a closing bracket")
        }
        do {
            self = try JSONDecoder().decode(RequestLine.self, from: Data(line)).query
        } catch let fault as NextFault {
            throw fault
        } catch DecodingError.typeMismatch(_, let context) where context.codingPath.isEmpty {
            throw NextFault("request", #"expected a JSON object such as {"expr":"30 2 * * *"}"#)
        } catch DecodingError.valueNotFound(_, let context) where context.codingPath.isEmpty {
            throw NextFault("request", #"expected a JSON object such as {"expr":"30 2 * * *"}"#)
        } catch {
            throw NextFault("request", #"not JSON; expected an object such as {"expr":"30 2 * * *"}"#)
        }
    }

    /// Whether a comma stands before a closing bracket, which the decoder takes and RFC 8259 does not.
    private static func hasTrailingComma(_ line: [UInt8]) -> Bool {
        var isInString = false
        var isEscaped = false
        var last: UInt8 = 0
        for byte in line {
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): continue
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if last == UInt8(ascii: ",") { return true }
            default: break
            }
            last = byte
        }
        return false
    }
}

/// The JSON form of a request.
private struct RequestLine: Decodable {
    let query: NextQuery

    private enum Member: String, CaseIterable {
        case expr, zone, from, until, count
        case gap = "dst_gap"
        case fold = "dst_fold"
        case skipped
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) {
            self.stringValue = stringValue
        }

        init(_ member: Member) {
            stringValue = member.rawValue
        }

        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        if let unknown = container.allKeys.map(\.stringValue).filter({ Member(rawValue: $0) == nil }).min() {
            let known = Member.allCases.map(\.rawValue).joined(separator: ", ")
            throw NextFault("request", "no member is called \(unknown.debugDescription); expected \(known)")
        }
        func read<Value: Decodable>(_ member: Member, as kind: String, blaming field: String) throws -> Value? {
            do {
                return try container.decodeIfPresent(Value.self, forKey: Key(member))
            } catch DecodingError.typeMismatch {
                throw NextFault(field, "\(member.rawValue) has a wrong type; expected \(kind)")
            }
        }
        guard let expression: String = try read(.expr, as: "a string", blaming: "request") else {
            throw NextFault("request", #"expr is missing; expected an object such as {"expr":"30 2 * * *"}"#)
        }
        query = NextQuery(
            expression: expression,
            zone: try read(.zone, as: "a string", blaming: "zone"),
            from: try read(.from, as: "a string", blaming: "from"),
            until: try read(.until, as: "a string", blaming: "until"),
            count: try Self.count(in: container),
            gap: try read(.gap, as: "a string", blaming: "dst_gap"),
            fold: try read(.fold, as: "a string", blaming: "dst_fold"),
            includesSkipped: try read(.skipped, as: "true or false", blaming: "request") ?? false
        )
    }

    /// A count that is no whole number of 64 bits is a fault of the count, not of the line.
    private static func count(in container: KeyedDecodingContainer<Key>) throws -> Int? {
        let key = Key(.count)
        guard container.contains(key), try !container.decodeNil(forKey: key) else { return nil }
        if let count = try? container.decode(Int.self, forKey: key) { return count }
        throw NextFault("count", "not a count; expected a whole number from 1 to 1000000")
    }
}
