/// What the command line says to a daemon.
package struct DaemonOptions: Sendable {
    package var configPath: String
    package var dataPath: String
    /// `HOST:PORT` or `unix:PATH`; one or more.
    package var listen: [String]

    package init(configPath: String, dataPath: String, listen: [String]) {
        self.configPath = configPath
        self.dataPath = dataPath
        self.listen = listen
    }
}
