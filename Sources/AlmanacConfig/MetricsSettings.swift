/// The table `[metrics]`.
package struct MetricsSettings: Hashable, Sendable {
    /// The addresses at which everyone who reaches them may read the metrics, the key `listen`; none by default.
    package var listen: [String]

    package init(listen: [String] = []) {
        self.listen = listen
    }

    /// Reads `[metrics]`.
    ///
    /// - Parameter fault: what is wrong with an address to listen on; nil where nothing is.
    init(from table: inout TableReader, fault: @escaping ConfigurationReader.ListenCheck) {
        listen =
            table.oneOrMore(
                "listen",
                of: .listenAddress(fault),
                expecting: #"an address such as "127.0.0.1:9478", or an array of them"#
            ) ?? []
    }
}

extension ConfigurationReader {
    /// What is wrong with an address to listen on; nil where nothing is.
    package typealias ListenCheck = @Sendable (String) -> String?
}

extension ValueFormat<String> {
    fileprivate static func listenAddress(_ fault: @escaping ConfigurationReader.ListenCheck) -> Self {
        let expectation = #"an address such as "127.0.0.1:9478""#
        return Self { (value) throws(ValueFault) in
            guard case .string(let text) = value.content else { throw value.mismatch(expectation) }
            guard let fault = fault(text) else { return text }
            if value.isConcealed { throw value.mismatch(expectation) }
            throw ValueFault(fault, at: value.offset)
        }
    }
}
