/// A value that many may hold together, in one place of the memory. Whoever changes it gets one of its own.
struct Shared<Value: Sendable>: Sendable {
    private final class Storage: Sendable {
        let value: Value

        init(_ value: Value) {
            self.value = value
        }
    }

    private var storage: Storage

    init(_ value: Value) {
        storage = Storage(value)
    }

    var value: Value {
        get { storage.value }
        set { storage = Storage(newValue) }
    }

    /// Whether both hold the same one, not only an equal one.
    func isSame(as other: Shared) -> Bool {
        storage === other.storage
    }
}
