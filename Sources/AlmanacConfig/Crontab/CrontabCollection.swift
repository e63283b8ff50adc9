/// The crontabs of some places as they are on disk, by the rules about files of Debian's cron.
package struct CrontabCollection: Sendable {
    /// In the order of the places; within a folder by name.
    package var crontabs: [Crontab]
    /// The files that are not taken, and why: a wrong owner or mode, a link, a name that cron passes over and that looks like a mistake, a spool
    /// file without its user.
    package var refusals: [ConfigurationFault]

    package init(crontabs: [Crontab] = [], refusals: [ConfigurationFault] = []) {
        self.crontabs = crontabs
        self.refusals = refusals
    }

    /// Reads all crontabs of the places, and waits for the file system meanwhile. One of cron's own places that is not there is empty.
    package static func read(_ places: [CronSettings.Place], host: ConfigurationHost) -> CrontabCollection {
        var collection = CrontabCollection()
        for place in places {
            switch place.kind {
            case .file(let owner): collection.addFile(of: owner, at: place, host: host)
            case .systemFolder: collection.addSystemFolder(place)
            case .spool: collection.addSpool(place, accounts: host.accounts)
            }
        }
        return collection
    }

    private mutating func addFile(of owner: Crontab.Owner, at place: CronSettings.Place, host: ConfigurationHost) {
        var rules = CrontabFile.Rules.system
        if case .user(let name) = owner {
            guard let account = account(named: name, path: place.path, host.accounts) else { return }
            rules = .user(account, mayBeLink: host.userID != 0 && account.userID == host.userID)
        }
        add(CrontabFile(path: place.path, rules: rules), owner: owner, isExpected: !place.isStandard)
    }

    private mutating func addSystemFolder(_ place: CronSettings.Place) {
        for name in names(in: place) {
            let path = "\(place.path)/\(name)"
            if Self.isCrontabName(name) {
                add(CrontabFile(path: path, rules: .system), owner: .system)
            } else if !Self.isLeftover(name), FolderNames.isRegularFile(path) {
                refuse(
                    path,
                    "cron passes over files whose names hold anything but letters, digits, \"_\" and \"-\"; rename it, or "
                        + "remove it"
                )
            }
        }
    }

    private mutating func addSpool(_ place: CronSettings.Place, accounts: any AccountDatabase) {
        // crontab(1) writes its new files beside the others.
        for name in names(in: place) where !name.hasPrefix("tmp.") {
            let path = "\(place.path)/\(name)"
            guard let account = account(named: name, path: path, accounts) else { continue }
            add(CrontabFile(path: path, rules: .spool(account)), owner: .user(name))
        }
    }

    // MARK: The steps

    /// - Parameter isExpected: whether somebody should know that it is not there.
    private mutating func add(_ file: CrontabFile, owner: Crontab.Owner, isExpected: Bool = false) {
        do throws(CrontabFile.Refusal) {
            crontabs.append(Crontab(parsing: try file.bytes(), path: file.path, owner: owner))
        } catch {
            if let message = error.message {
                refuse(file.path, message)
            } else if isExpected {
                refuse(file.path, "there is no such file; create it, or remove it from [cron] include")
            }
        }
    }

    private mutating func names(in place: CronSettings.Place) -> [String] {
        do throws(FolderNames.Failure) {
            return try FolderNames.names(in: place.path)
        } catch {
            if !error.isMissing || !place.isStandard { refuse(place.path, error.message) }
            return []
        }
    }

    private mutating func account(named name: String, path: String, _ accounts: any AccountDatabase) -> Account? {
        do throws(AccountLookupFailure) {
            if let account = try accounts.account(named: name) { return account }
            refuse(path, "there is no user \(Quotation(name)), whose crontab it would be; remove the file")
        } catch {
            refuse(path, error.message(ofUser: name))
        }
        return nil
    }

    private mutating func refuse(_ path: String, _ message: String) {
        refusals.append(ConfigurationFault(path: path, message: message))
    }

    // MARK: Names

    private static func isCrontabName(_ name: String) -> Bool {
        name.utf8.allSatisfy { CrontabByte.isAlphanumeric($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
    }

    /// What package managers and editors leave behind, and nobody takes for a crontab.
    private static func isLeftover(_ name: String) -> Bool {
        name.hasSuffix("~") || name.contains(".dpkg-") || name.contains(".ucf-")
    }
}

extension CronSettings.Place {
    fileprivate var isStandard: Bool { CronSettings.standardPlaces.contains(self) }
}
