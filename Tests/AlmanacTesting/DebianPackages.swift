import Glibc

/// Debian's cron, and the packages whose crontabs the tests read, as `Tests/Debian/packages` has fetched and unpacked them.
package enum DebianPackages {
    /// Why they are not here; nil where they are.
    package static let obstacle: String? = {
        let cron = "\(folder(of: "cron"))/usr/sbin/cron"
        guard unsafe access(cron, X_OK) == 0, unsafe access(folder(of: last), R_OK) == 0 else {
            return "Debian's packages are not here: Tests/Debian/packages .build/debian, on a Debian"
        }
        return nil
    }()

    private static let last = "tiger"

    /// The folder that holds the files of a package by their paths.
    package static func folder(of package: String) -> String { "\(all)/\(package)" }

    /// The crontabs of the packages, by the package's name, in that order.
    package static let crontabs: [(package: String, path: String)] = {
        guard let outcome = ChildProcess.run(["sh", "-c", "ls -d '\(all)'/*/etc/cron.d/*"]), outcome.exitCode == 0
        else { return [] }
        return outcome.standardOutput.split(separator: "\n").map { path in
            (String(path.dropFirst(all.count + 1).prefix { $0 != "/" }), String(path))
        }
    }()

    /// The folder in which each package has one.
    package static let all =
        #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined() + "/.build/debian"
}
