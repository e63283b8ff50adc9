import AlmanacModel
import Testing

@Suite("A stable hash is the same for ever")
struct StableHashTests {
    // Computed by another implementation.
    @Test(
        "Known values",
        arguments: [
            (StableHash(""), 0xEFD0_1F60_BA99_2926), (StableHash("a"), 0x82A2_A958_A9BE_CE5B),
            (StableHash("a", "b"), 0xAB78_F5EC_A36D_0E2B), (StableHash("ab"), 0xDA71_CBD1_1DD9_BDE4),
        ] as [(StableHash, UInt64)]
    )
    func known(hash: StableHash, value: UInt64) {
        #expect(hash.value == value)
    }
}
