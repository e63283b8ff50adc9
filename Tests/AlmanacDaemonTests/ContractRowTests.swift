import AlmanacAPI
import AlmanacTesting
import Testing

@Suite("The HTTP contract, row by row, against a real daemon", .serialized, .contractBench)
struct ContractRowTests {
    let bench: ContractBench

    init() throws {
        bench = try #require(ContractBench.current)
    }

    @Test("A row is kept", arguments: ContractRow.all, ContractBench.Transport.allCases)
    func row(_ row: ContractRow, over transport: ContractBench.Transport) throws {
        let client = bench.client(over: transport)
        client.visits.clear()
        try row.check(bench, client)
        #expect(row.operations.subtracting(client.visits.all) == [], "without a good answer")
    }

    @Test("No operation is without a row")
    func coverage() {
        #expect(Set(ContractRow.all.flatMap(\.operations)).symmetricDifference(APIOperation.all.map(\.id)) == [])
    }
}
