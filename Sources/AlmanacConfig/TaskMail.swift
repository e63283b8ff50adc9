import AlmanacModel

/// What the keys `mail_to`, `mail_from` and `mail_on` say.
struct TaskMail {
    /// The addresses with commas between them; nil for nobody.
    private var to: String?
    private var from: String?
    private var on = MailSettings.Occasion.output

    /// Nil where nobody gets a mail.
    var settings: MailSettings? {
        to.map { MailSettings(to: $0, from: from, on: on) }
    }

    mutating func read(from table: inout TableReader) {
        // An empty one takes back what the defaults say.
        if let addresses = table.oneOrMore(
            "mail_to",
            of: .mailAddresses,
            expecting: #"a mail address, or an array of them such as ["ops@example.org", "root"]"#
        ) {
            let all = addresses.joined()
            to = all.isEmpty ? nil : all.joined(separator: ",")
        }
        if let sender = table.optional("mail_from", .mailSender) { from = sender.isEmpty ? nil : sender }
        on = table.value("mail_on", .choice, default: on)
    }
}

extension ValueFormat<[String]> {
    /// Addresses with commas between them; an empty string for none.
    static var mailAddresses: Self {
        Self { (value) throws(ValueFault) in
            guard case .string(let text) = value.content else { throw value.mismatch("a string of mail addresses") }
            if text.isEmpty { return [] }
            let addresses = text.split(separator: ",", omittingEmptySubsequences: false).map { address in
                String(address.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            }
            for address in addresses where !MailAddress.isValid(address) {
                let found = value.isConcealed ? "something else" : "\(Quotation(address))"
                throw ValueFault("expected \(MailAddress.rule), found \(found)", at: value.offset)
            }
            return addresses
        }
    }
}

extension ValueFormat<String> {
    /// The sender in a mail's header; empty for the usual one.
    static var mailSender: Self {
        string(#"a sender such as "Almanac <almanac@example.org>", in one line of at most 200 bytes"#) { text in
            text.utf8.count <= 200 && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        }
    }

    /// What a command reads: taken as the file has it, as the command is.
    static var input: Self {
        string("a string, without NUL characters, of at most 64 KiB", isVerbatim: true) { text in
            text.utf8.count <= 64 << 10 && !text.utf8.contains(0)
        }
    }
}

/// The addresses of mails.
enum MailAddress {
    static let rule =
        "mail addresses: a letter, a digit or _ first, no blanks, none of the characters < > ( ) ; | \" and \\"

    static func isValid(_ address: String) -> Bool {
        guard let first = address.utf8.first, CrontabByte.isAlphanumeric(first) || first == UInt8(ascii: "_"),
            address.utf8.count <= 320
        else {
            return false
        }
        let others = Set("<>();|\"\\,".utf8)
        return address.utf8.allSatisfy { (0x21...0x7E).contains($0) && !others.contains($0) }
    }
}
