/// What an import prints with `--json`, one object.
struct ImportReport: Encodable {
    /// What went, or was to go, into the configuration file.
    struct Written: Encodable {
        let path: String
        let added: [String]
        /// Tasks whose names the file had already; nothing was written of them.
        let taken: [String]
    }

    /// Whether everything was imported.
    let complete: Bool
    /// The names of the tasks that were made.
    let tasks: [String]
    /// The tasks as text of almanac.toml; not there with `--write`.
    var toml: String?
    /// There with `--write` alone.
    var written: Written?
    /// What became of each source, and each doubt, a line each.
    let account: [String]
}
