import NIOCore
import NIOSSL
import Synchronization

/// The certificate that TCP listeners show, as it was last read; it can be read again while they are served.
package final class TLSCertificate: Sendable {
    private let certificatePath: String
    private let keyPath: String
    private let inForce: Mutex<NIOSSLContext>

    /// Reads a chain of certificates and the key to the first of them, both PEM. Blocks on the disk.
    package init(certificate: String, key: String) throws(TLSFault) {
        certificatePath = certificate
        keyPath = key
        inForce = Mutex(try Self.context(certificate: certificate, key: key))
    }

    /// The files, for who watches them; absolute.
    package var paths: [String] { [certificatePath, keyPath] }

    /// Reads the files again, for the connections that come from now on. Blocks on the disk.
    ///
    /// - Throws: where they cannot be used; what was in force stays so.
    package func reload() throws(TLSFault) {
        let context = try Self.context(certificate: certificatePath, key: keyPath)
        inForce.withLock { $0 = context }
    }

    /// What is to stand at the front of a new connection.
    func handler() -> NIOSSLServerHandler {
        NIOSSLServerHandler(context: inForce.withLock { $0 })
    }

    private static func context(certificate: String, key: String) throws(TLSFault) -> NIOSSLContext {
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMFile(certificate)
        } catch {
            throw TLSFault(.certificate(certificate, "\(error)"))
        }
        if chain.isEmpty { throw TLSFault(.certificate(certificate, "it holds no certificate")) }
        let privateKey: NIOSSLPrivateKey
        do {
            privateKey = try NIOSSLPrivateKey(file: key, format: .pem)
        } catch {
            throw TLSFault(.key(key, "\(error)"))
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(privateKey)
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw TLSFault(.pair(certificate, key))
        }
    }
}

/// Why a certificate and a key are not served.
package struct TLSFault: Error, CustomStringConvertible {
    enum Reason: Sendable {
        case certificate(String, String)
        case key(String, String)
        /// They do not fit each other.
        case pair(String, String)
    }

    let reason: Reason

    init(_ reason: Reason) {
        self.reason = reason
    }

    /// Whether it is the key's, and not the certificate's.
    package var isOfKey: Bool {
        switch reason {
        case .certificate: false
        case .key, .pair: true
        }
    }

    package var description: String {
        switch reason {
        case .certificate(let path, let reason):
            "\(path) cannot be read as a chain of certificates, PEM, the server's own first: \(reason)"
        case .key(let path, let reason):
            "\(path) cannot be read as a private key, PEM without a passphrase: \(reason)"
        case .pair(let certificate, let key):
            "\(key) is not the key to the first certificate of \(certificate)"
        }
    }
}
