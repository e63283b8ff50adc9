import AlmanacAPI
import Testing

/// A row of the table in spec/api.md: one or more operations, and what they are held to.
struct ContractRow: Sendable, CustomTestStringConvertible {
    /// As the contract writes it.
    let testDescription: String
    /// The ids of the operations, each of which has to give a good answer.
    let operations: Set<String>
    let check: @Sendable (ContractBench, ContractClient) throws -> Void

    init(
        _ description: String,
        _ operations: Set<String>,
        _ check: @escaping @Sendable (ContractBench, ContractClient) throws -> Void
    ) {
        testDescription = description
        self.operations = operations
        self.check = check
    }

    /// In the order of the contract.
    static let all = triggers + daemon + tasks + lists + runs + logs + streams + bulk + access
}
