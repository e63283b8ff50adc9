import AlmanacAPI
import HTTPTypes

/// What is wrong with a request, all of it, to be told at once.
struct RequestFaults {
    private var details: [ProblemDetail] = []
    private var omitted = 0

    /// A body of a megabyte has room for more faults than anybody wants to read.
    static let limit = 1000

    var isEmpty: Bool { details.isEmpty }

    /// Whether there is a fault in this very place.
    func concern(_ location: String) -> Bool {
        details.contains { $0.location == location }
    }

    mutating func add(_ location: String, _ message: String, value: JSONValue? = nil) {
        if details.count < Self.limit {
            details.append(ProblemDetail(location: location, message: message, value: value))
        } else {
            omitted += 1
        }
    }

    mutating func add(contentsOf other: RequestFaults) {
        for detail in other.details {
            add(detail.location ?? "", detail.message ?? "", value: detail.value)
        }
        omitted += other.omitted
    }

    /// - Throws: 422 with an entry for each fault, where there is one.
    func check() throws(ProblemError) {
        if !details.isEmpty { throw problem }
    }

    /// The refusal for a single fault.
    static func problem(_ location: String, _ message: String, value: JSONValue? = nil) -> ProblemError {
        var faults = RequestFaults()
        faults.add(location, message, value: value)
        return faults.problem
    }

    /// The refusal of a time that has passed: 409, since it is the clock that the request does not fit, and it did so before.
    static func hasPassed(_ location: String, value: JSONValue?) -> ProblemError {
        let message = "expected a time that is still to come"
        return ProblemError(
            .conflict,
            "A time of the request has passed.",
            errors: [ProblemDetail(location: location, message: message, value: value)]
        )
    }

    private var problem: ProblemError {
        var detail = details.count == 1 ? "The request has a fault." : "The request has \(details.count) faults."
        if omitted > 0 {
            detail =
                "The request has \(details.count + omitted) faults, of which the first \(details.count) are listed."
        }
        return ProblemError(.unprocessableContent, detail, errors: details)
    }
}
