import AlmanacModel
import Testing

@Suite("A run gets the values that its caller gives, the defaults for the others, or every fault at once")
struct ParameterResolutionTests {
    private static let parameters = [
        ParameterDefinition(kind: .env, key: "REGION", defaultValue: "eu", choices: ["eu", "us"]),
        ParameterDefinition(kind: .arg, key: "file"),
        ParameterDefinition(kind: .option, key: "--count", type: .int, defaultValue: "3", isRequired: true),
        ParameterDefinition(kind: .flag, key: "-v", type: .bool),
    ]

    private static func values(_ given: [String: String?]) -> [String: String]? {
        try? ParameterResolution.values(given: given, for: parameters).get()
    }

    private static func faults(
        _ given: [String: String?],
        _ parameters: [ParameterDefinition] = parameters
    ) -> [ParameterFault] {
        switch ParameterResolution.values(given: given, for: parameters) {
        case .success: []
        case .failure(let error): error.faults
        }
    }

    @Test("Nothing given: the defaults, and nothing for those without one")
    func defaults() {
        #expect(Self.values([:]) == ["REGION": "eu", "--count": "3"])
        #expect(ParameterResolution.values(given: [:], for: []) == .success([:]))
    }

    @Test("Given: the values, as text of any kind")
    func given() {
        let text = "; rm -rf / $(x) \n'\""
        #expect(
            Self.values(["REGION": "us", "file": text, "--count": "-7", "-v": "true"])
                == ["REGION": "us", "file": text, "--count": "-7", "-v": "true"]
        )
    }

    @Test("nil leaves a parameter out with its default; an empty string is a value")
    func leftOut() {
        #expect(Self.values(["REGION": nil, "file": nil]) == ["--count": "3"])
        #expect(Self.values(["file": ""]) == ["REGION": "eu", "file": "", "--count": "3"])
    }

    @Test("A required one cannot be left out")
    func required() {
        #expect(
            Self.faults(["--count": nil]) == [
                ParameterFault(key: "--count", message: "the parameter is required")
            ]
        )
        let parameter = ParameterDefinition(kind: .env, key: "A", isRequired: true)
        #expect(Self.faults([:], [parameter]) == [ParameterFault(key: "A", message: "the parameter is required")])
        #expect(Self.faults(["A": ""], [parameter]) == [])
    }

    @Test("All faults come at once: those of the task's parameters in their order, then the others by name")
    func allAtOnce() {
        #expect(
            Self.faults(["z": "1", "-v": "yes", "REGION": "", "b": nil, "--count": "three"]) == [
                ParameterFault(key: "REGION", message: "expected one of its choices: eu, us", value: ""),
                ParameterFault(key: "--count", message: "expected a whole number such as 42", value: "three"),
                ParameterFault(key: "-v", message: "expected true or false", value: "yes"),
                ParameterFault(key: "b", message: "the task has no such parameter"),
                ParameterFault(key: "z", message: "the task has no such parameter"),
            ]
        )
    }

    @Test("32 KiB are taken; more is not, nor sent back; nor is a NUL taken")
    func bounds() {
        let long = String(repeating: "x", count: 32 << 10)
        #expect(Self.values(["file": long])?["file"] == long)
        #expect(
            Self.faults(["file": long + "y"]) == [
                ParameterFault(key: "file", message: "expected at most 32768 bytes, found 32769")
            ]
        )
        #expect(
            Self.faults(["file": "a\0b"]) == [
                ParameterFault(key: "file", message: "expected a value without NUL characters", value: "a\0b")
            ]
        )
    }

    @Test(
        "Types",
        arguments: [
            (.string, ["", "x", "1"], []),
            (
                .int, ["0", "-1", "+1", "007", "9223372036854775807"],
                ["", " 1", "1 ", "1.0", "0x1", "9223372036854775808"]
            ),
            (
                .float, ["0", "-1.5", "+1e3", "1E-3", "5."],
                ["", " 1", "1,5", "nan", "inf", "0x1p3", "1e999", "e", "-", "1.2.3"]
            ),
            (.bool, ["true", "false"], ["", "True", "1", "yes"]),
        ] as [(ParameterDefinition.ValueType, [String], [String])]
    )
    func types(type: ParameterDefinition.ValueType, right: [String], wrong: [String]) {
        let parameter = ParameterDefinition(kind: .env, key: "A", type: type)
        for value in right { #expect(Self.faults(["A": value], [parameter]) == [], "\(value)") }
        for value in wrong { #expect(Self.faults(["A": value], [parameter]).map(\.value) == [value], "\(value)") }
    }

    @Test("Choices are told apart by their bytes, and others are taken where they may")
    func choices() {
        var parameter = ParameterDefinition(kind: .env, key: "A", choices: ["\u{E9}"])
        #expect(Self.faults(["A": "\u{E9}"], [parameter]) == [])
        #expect(Self.faults(["A": "e\u{301}"], [parameter]).count == 1)
        parameter.allowsCustom = true
        #expect(Self.faults(["A": "e\u{301}"], [parameter]) == [])
        parameter.type = .int
        #expect(Self.faults(["A": "x"], [parameter]).map(\.message) == ["expected a whole number such as 42"])
    }
}
