/// Where the daemon keeps things and where its clients look for them, if nobody says otherwise.
package struct DefaultPaths: Equatable {
    /// The configuration file.
    package var config: String

    /// The data folder.
    package var data: String

    /// The Unix socket.
    package var socket: String

    /// - Parameters:
    ///   - environment: `XDG_RUNTIME_DIR` counts, where it is an absolute path as the XDG base directory specification wants it.
    ///   - userID: whose defaults they are; 0 is root.
    ///   - data: the data folder, where it is not the default one; a socket without a runtime folder lies in it.
    package init(environment: [String: String], userID: UInt32, data: String? = nil) {
        guard userID != 0 else {
            config = "/etc/almanac/almanac.toml"
            self.data = data ?? "/var/lib/almanac"
            socket = "/run/almanac/almanac.sock"
            return
        }
        config = "./almanac.toml"
        self.data = data ?? "./.almanac"
        let folder = environment["XDG_RUNTIME_DIR"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? self.data
        socket = folder + (folder.hasSuffix("/") ? "" : "/") + "almanac.sock"
    }
}
