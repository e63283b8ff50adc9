import AlmanacTesting
import Glibc
import Testing

extension TemporaryFolder {
    /// Writes a certificate of its own for localhost, 127.0.0.1 and almanac.example, and the key to it, with openssl(1).
    ///
    /// - Parameter name: of its subject.
    func certify(_ name: String, certificate: String = "cert.pem", key: String = "key.pem") {
        let outcome = ChildProcess.run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "2", "-subj", "/CN=\(name)", "-addext", "subjectAltName=DNS:almanac.example,DNS:localhost,IP:127.0.0.1",
            "-keyout", file("new-key.pem"), "-out", file("new-cert.pem"),
        ])
        precondition(outcome?.exitCode == 0, outcome?.standardError ?? "")
        precondition(unsafe rename(file("new-key.pem"), file(key)) == 0)
        precondition(unsafe rename(file("new-cert.pem"), file(certificate)) == 0)
    }
}

extension Trait where Self == ConditionTrait {
    /// Certificates are made with openssl(1).
    static var withOpenSSL: Self {
        .enabled(if: ChildProcess.run(["openssl", "version"])?.exitCode == 0, "needs openssl")
    }
}
