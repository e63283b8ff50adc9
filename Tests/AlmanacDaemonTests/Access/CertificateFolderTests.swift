import AlmanacTesting
import Glibc
import Testing

@testable import AlmanacDaemon

@Suite("What happens beside a certificate is of no concern, where it is no link")
struct CertificateFolderTests {
    private let folder = TemporaryFolder()

    @Test("Of files, their names and the folder itself")
    func files() {
        folder.write("", to: "cert.pem")
        folder.write("", to: "key.pem")
        let concerns = CertificateFollower.concerns(of: [folder.file("cert.pem"), folder.file("key.pem")])
        #expect(concerns == [folder.path: .names(["cert.pem", "key.pem"])])
        #expect(concerns[folder.path]?.includes("key.pem") == true)
        #expect(concerns[folder.path]?.includes("access.log") == false)
        #expect(concerns[folder.path]?.includes("") == true)
    }

    @Test("Of links, everything, in both folders")
    func links() {
        _ = unsafe mkdir(folder.file("archive"), 0o755)
        folder.write("", to: "archive/cert1.pem")
        folder.write("", to: "key.pem")
        _ = unsafe symlink("archive/cert1.pem", folder.file("cert.pem"))
        let concerns = CertificateFollower.concerns(of: [folder.file("cert.pem"), folder.file("key.pem")])
        #expect(concerns == [folder.path: .everything, folder.file("archive"): .everything])
    }

    @Test("Files that are not there are waited for by their names")
    func absent() {
        #expect(CertificateFollower.concerns(of: [folder.file("cert.pem")]) == [folder.path: .names(["cert.pem"])])
    }
}
