public import RekeyCore

/// Who writes: the settings that the letters of one institution share.
public struct Letterhead: Sendable {
    /// As subjects and SMS name it: "CREDIT MUNICIPAL DE PARIS".
    public let institution: String
    /// As mails are signed: "CRÉDIT MUNICIPAL DE PARIS".
    public let signature: String
    /// Under the signature, a line each.
    public let addressLines: [String]
    /// Under the address; a language without an entry has no such line.
    public let openingHours: [Language: String]
    /// The From of every mail.
    public let sender: MailAddress
    /// Right of the `@` in a Message-ID (RFC 5322, section 3.6.4): a domain of the institution's own.
    public let mailDomain: String
    /// Where links lead, the token comes behind a `#`, which browsers keep to themselves (R15).
    public let linkBase: String

    /// - Parameters:
    ///   - sender: A mail address.
    ///   - mailDomain: An ASCII domain.
    ///   - linkBase: An absolute https URL without fragment and user info (RFC 3986).
    /// - Throws: `LetterError.setting`, which names the setting and its bound.
    public init(
        institution: String, signature: String, addressLines: [String],
        openingHours: [Language: String], sender: String, mailDomain: String, linkBase: String
    ) throws(LetterError) {
        guard !institution.isEmpty else { throw .setting("letters.institution", "set") }
        guard let sender = MailAddress(sender) else {
            throw .setting("letters.sender", "a mail address of the form name@domain")
        }
        guard MailAddress.isDomain(mailDomain.utf8) else {
            throw .setting("letters.mail-domain", "a domain name in ASCII")
        }
        guard Self.isLinkBase(linkBase) else {
            throw .setting(
                "letters.link-base", "an https URL in ASCII without # and without a user name")
        }
        self.institution = institution
        self.signature = signature
        self.addressLines = addressLines
        self.openingHours = openingHours
        self.sender = sender
        self.mailDomain = mailDomain
        self.linkBase = linkBase
    }

    private static func isLinkBase(_ url: String) -> Bool {
        let scheme = "https://"
        // What RFC 3986, section 2 allows, less `#`: a fragment of the base would swallow the token.
        let marks = Set("-._~:/?[]@!$&'()*+,;=%".utf8)
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard url.utf8.starts(with: scheme.utf8),
            url.utf8.allSatisfy({
                letters.contains($0 | 0x20) || digits.contains($0) || marks.contains($0)
            })
        else { return false }
        let authority = url.utf8.dropFirst(scheme.utf8.count).prefix {
            $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?")
        }
        return !authority.isEmpty && !authority.contains(UInt8(ascii: "@"))
    }
}
