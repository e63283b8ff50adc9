import Glibc

/// The charset of this process's environment, as cron finds the one that its mails name.
enum MailCharset {
    static func current() -> String {
        guard let locale = unsafe newlocale(allMask, "", nil) else { return plain }
        defer { unsafe freelocale(locale) }
        let name = unsafe String(cString: nl_langinfo_l(nl_item(CODESET), locale))
        // The C locale's is ASCII by another name than the one that mails have for it.
        return name.isEmpty || name.uppercased() == "ANSI_X3.4-1968" ? plain : name
    }

    private static let plain = "US-ASCII"
    /// cron asks for the whole of the locale: where one category of it is not installed, it stays with the C locale.
    ///
    /// `LC_ALL_MASK` is an expression behind a macro.
    private static let allMask = (LC_CTYPE...LC_IDENTIFICATION).filter { $0 != LC_ALL }
        .reduce(Int32(0)) { $0 | 1 << $1 }
}
