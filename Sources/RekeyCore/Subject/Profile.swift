/// What an operator writes about an account: who it is and where letters go.
public struct Profile: Hashable, Sendable {
    /// Canonical (R08); a customer number or a mail address. It never changes.
    public let identifier: String
    public var name: String
    public var mail: String
    /// E.164: "+33612345678".
    public var mobile: String
    public var language: Language

    /// Without checks: for rows that were checked when they were written.
    public init(
        identifier: String, name: String, mail: String, mobile: String, language: Language
    ) {
        self.identifier = identifier
        self.name = name
        self.mail = mail
        self.mobile = mobile
        self.language = language
    }

    /// Letters reach the same mail and the same mobile.
    func hasContacts(of other: Profile) -> Bool { mail == other.mail && mobile == other.mobile }

    /// Throws a refusal that names the first field that cannot be used.
    public func checked() throws(Refusal) -> Profile {
        guard (1...128).contains(name.utf8.count), name.isPlainText else {
            throw .field("name", "1 to 128 bytes without control or direction characters")
        }
        guard MailAddress(mail) != nil else {
            throw .field("mail", "an address like name@example.fr, in ASCII, at most 254 bytes")
        }
        guard MobileNumber(mobile) != nil else {
            throw .field("mobile", "a number in international form, like +33612345678")
        }
        return self
    }

    /// The same, and SMS may go to the number (R07).
    public func checked(_ policy: Policy) throws(Refusal) -> Profile {
        let checked = try checked()
        guard policy.sendsSMS(to: mobile) else {
            throw .field("mobile", "a number of a country that this server sends SMS to")
        }
        return checked
    }
}
