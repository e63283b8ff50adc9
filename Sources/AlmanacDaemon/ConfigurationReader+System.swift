import AlmanacCalendar
package import AlmanacConfig
import AlmanacServer
package import AlmanacZoneinfo
import Glibc

extension ConfigurationReader {
    /// A reader that knows the machine's zones and which of them is its own, its accounts, and this process.
    package init(system zones: ZoneinfoDatabase) {
        self.init(
            zones: { try zones.rules(for: $0) },
            systemZone: {
                let zone = try zones.machineZone()
                return (zone.rules, zone.warning)
            },
            host: ConfigurationHost(processWith: processEnvironment()),
            certificateFault: Self.certificateFault,
            listenFault: Self.listenFault
        )
    }
}

extension ConfigurationReader {
    /// What keeps a certificate and its key from being served.
    @Sendable package static func certificateFault(_ files: APISettings.TLSFiles) -> CertificateFault? {
        do throws(TLSFault) {
            _ = try TLSCertificate(certificate: files.certificate, key: files.key)
            return nil
        } catch {
            return CertificateFault(isOfKey: error.isOfKey, message: error.description)
        }
    }
}

extension ConfigurationReader {
    /// What keeps an address from being listened on, as far as its text tells.
    @Sendable package static func listenFault(_ text: String) -> String? {
        do throws(ListenAddressError) {
            _ = try ListenAddress(parsing: text)
            return nil
        } catch {
            return error.description
        }
    }
}

extension ConfigurationHost {
    /// This machine and this process, as the daemon that it is or as one that its user would start.
    package init(processWith environment: [String: String]) {
        self.init(
            environment: environment,
            // A folder that has been removed: nothing is relative to it.
            currentFolder: (try? AlmanacDaemon.currentFolder()) ?? "/",
            accounts: SystemAccounts(),
            userID: geteuid(),
            groupID: getegid()
        )
    }
}

extension ZoneinfoDatabase {
    /// The machine's own zone, as it is now.
    func machineZone() throws(ZoneinfoError) -> SystemZone {
        try systemZone(environment: processEnvironment().filter { $0.key == "TZ" })
    }
}
