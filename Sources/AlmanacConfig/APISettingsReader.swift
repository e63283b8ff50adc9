import AlmanacModel

/// Reads `[api]`.
struct APISettingsReader {
    let identities: IdentityLookup
    let base: PathBase
    /// What is wrong with a certificate and its key.
    let certificateFault: ConfigurationReader.CertificateCheck

    func settings(from table: inout TableReader) -> APISettings {
        var settings = APISettings()
        settings.auth = table.value("auth", .choice, default: settings.auth)
        settings.socketGroupID = table.optional("socket_group", .groupID(identities))
        settings.trustedProxies =
            table.oneOrMore(
                "trusted_proxies",
                of: .network,
                expecting: #"an array of addresses and networks such as ["10.0.0.0/8", "::1"]"#
            ) ?? []
        settings.hosts =
            table.oneOrMore("hosts", of: .hostName, expecting: #"an array of names such as ["almanac.example.com"]"#)
            ?? []
        let certificate = table.optional("tls_cert", .absolutePath(base))
        let key = table.optional("tls_key", .absolutePath(base))
        for (name, other) in [("tls_cert", "tls_key"), ("tls_key", "tls_cert")]
        where table.contains(name) && !table.contains(other) {
            table.report("a certificate and its key go together; add \(other)", key: name)
        }
        if let certificate, let key {
            let files = APISettings.TLSFiles(certificate: certificate, key: key)
            settings.tls = files
            if let fault = certificateFault(files) {
                table.report(fault.message, key: fault.isOfKey ? "tls_key" : "tls_cert")
            }
        }
        return settings
    }
}

extension ConfigurationReader {
    /// What is wrong with a certificate or with the key to it.
    package struct CertificateFault: Sendable {
        /// Whether it is the key's, and not the certificate's.
        package var isOfKey: Bool
        package var message: String

        package init(isOfKey: Bool, message: String) {
            self.isOfKey = isOfKey
            self.message = message
        }
    }

    /// Looks at a certificate and its key, and waits for the file system meanwhile; nil where nothing is wrong.
    package typealias CertificateCheck = @Sendable (APISettings.TLSFiles) -> CertificateFault?
}

extension ValueFormat<String> {
    /// The path of a file, made absolute; it need not be there.
    static func absolutePath(_ base: PathBase) -> Self {
        Self { (value) throws(ValueFault) in
            let text = try Self.path.read(value)
            do throws(PathBase.Fault) {
                return try base.absolute(text)
            } catch {
                throw ValueFault(error.message, at: value.offset)
            }
        }
    }

    /// A name that the Host header of a request may have; in lower case.
    static var hostName: Self {
        let expectation = #"a host's name such as "almanac.example.com""#
        return Self { (value) throws(ValueFault) in
            guard case .string(let text) = value.content else { throw value.mismatch(expectation) }
            if text.contains("://") { throw value.mismatch(expectation, advice: "leave out the scheme") }
            if text.contains(":"), IPNetwork(text) == nil {
                throw value.mismatch(expectation, advice: "leave out the port")
            }
            let isName =
                (1...253).contains(text.utf8.count)
                && text.utf8.allSatisfy { byte in
                    switch byte {
                    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
                    default: false
                    }
                }
            if isName { return text.lowercased() }
            guard let address = IPNetwork(text), address.prefix == address.bytes.count * 8 else {
                throw value.mismatch(expectation)
            }
            return address.description
        }
    }
}

extension ValueFormat<IPNetwork> {
    /// An IP address, or a network of them.
    static var network: Self {
        let expectation = #"an IP address or a network such as "10.0.0.0/8""#
        return Self { (value) throws(ValueFault) in
            guard case .string(let text) = value.content else { throw value.mismatch(expectation) }
            if let network = IPNetwork(text) { return network }
            // `10.0.0.1/8`: what was meant is in doubt.
            let parts = text.split(separator: "/")
            let hasHostBits = parts.count == 2 && IPNetwork(String(parts[0])) != nil && UInt8(parts[1]) != nil
            throw value.mismatch(
                expectation,
                advice: hasHostBits
                    ? "the bits beyond the prefix must be zero, and the prefix no longer than the address" : nil
            )
        }
    }
}

extension ValueFormat<UInt32> {
    /// The name of a group, or its number.
    static func groupID(_ identities: IdentityLookup) -> Self {
        let expectation = #"a group such as "almanac" or a group's number"#
        return Self { (value) throws(ValueFault) in
            switch value.content {
            case .integer(let number):
                guard let id = UInt32(exactly: number), id < .max else { throw value.mismatch(expectation) }
                return id
            case .string(let text) where !text.isEmpty:
                do throws(IdentityLookup.Fault) {
                    return try identities.groupID(of: text)
                } catch {
                    if value.isConcealed { throw value.mismatch(expectation) }
                    throw ValueFault("\(error.message); make it with groupadd, or name another", at: value.offset)
                }
            default: throw value.mismatch(expectation)
            }
        }
    }
}
