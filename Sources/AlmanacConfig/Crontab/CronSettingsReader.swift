import Glibc

/// Reads the table `[cron]`.
struct CronSettingsReader {
    private static let example = #""/srv/app/crontab", { path = "/home/alice/tab", user = "alice" }"#

    let host: ConfigurationHost
    let base: PathBase

    func settings(from table: inout TableReader) -> CronSettings {
        var settings = CronSettings()
        let runsCrontabs = table.value("crontabs", .boolean, default: false)
        if runsCrontabs {
            settings.places = CronSettings.standardPlaces
            if host.userID != 0 {
                table.report(
                    "only root may run the system's crontabs, and the daemon runs as \(ownName); name crontabs of that user in include, "
                        + "or run the daemon as root",
                    key: "crontabs"
                )
            }
        }
        // Each with what is wrong with it: the reader cannot tell of faults while it reads.
        var found: [Result<CronSettings.Place, PlaceFault>] = []
        table.elements("include", .path, example: Self.example) { text in
            found.append(Result { () throws(PlaceFault) in try place(text) })
        } table: { inner in
            let path = inner.required("path", .path, example: #"path = "/home/alice/tab""#)
            let user = inner.required("user", .name, example: #"user = "alice""#)
            if let path, let user { found.append(Result { () throws(PlaceFault) in try place(path, ofUser: user) }) }
        }
        for result in found {
            do throws(PlaceFault) {
                let place = try result.get()
                if settings.places.contains(where: { $0.path == place.path }) {
                    throw PlaceFault(
                        message: "\(Quotation(place.path)) is run already; name it once, or without crontabs = true"
                    )
                }
                settings.places.append(place)
            } catch {
                table.report(error.message, key: "include")
            }
        }
        return settings
    }

    private struct PlaceFault: Error {
        let message: String
    }

    /// A system crontab or a folder of them; for a daemon that is not root's a crontab of its user's.
    private func place(_ text: String) throws(PlaceFault) -> CronSettings.Place {
        let path = try absolute(text)
        let isFolder = Self.isFolder(path)
        guard host.userID != 0 else {
            return CronSettings.Place(path: path, kind: isFolder ? .systemFolder : .file(.system))
        }
        if isFolder {
            throw PlaceFault(
                message:
                    "\(Quotation(path)) is a folder, and only root may run folders of crontabs; name the files of your own"
            )
        }
        guard let account = ownAccount else {
            throw PlaceFault(message: "the daemon's user, \(ownName), has no account; add one")
        }
        return CronSettings.Place(path: path, kind: .file(.user(account.name)))
    }

    private func place(_ text: String, ofUser name: String) throws(PlaceFault) -> CronSettings.Place {
        let account: Account?
        do throws(AccountLookupFailure) {
            account = try host.accounts.account(named: name)
        } catch {
            throw PlaceFault(message: error.message(ofUser: name))
        }
        guard let account else {
            throw PlaceFault(message: "there is no user \(Quotation(name)); name one that is there")
        }
        guard host.userID == 0 || host.userID == account.userID else {
            throw PlaceFault(
                message:
                    "only root may run the crontab of another user, and the daemon runs as \(ownName); run the daemon as root"
            )
        }
        return CronSettings.Place(path: try absolute(text), kind: .file(.user(name)))
    }

    private func absolute(_ text: String) throws(PlaceFault) -> String {
        do throws(PathBase.Fault) {
            let path = try base.absolute(text)
            return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        } catch {
            throw PlaceFault(message: error.message)
        }
    }

    private var ownAccount: Account? { try? host.accounts.account(withID: host.userID) }

    private var ownName: String { "\(Quotation(ownAccount?.name ?? String(host.userID)))" }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
