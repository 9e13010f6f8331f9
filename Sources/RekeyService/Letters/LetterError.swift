/// Why a letter cannot be written. Never names the value, which may be somebody's contact (R70).
public enum LetterError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A mail address that cannot stand in a header as it is.
    case mailAddress
    /// A mobile number that is not in the international form.
    case mobileNumber
    /// A setting of the letterhead: its name, and what it must be.
    case setting(_ name: String, _ bound: String)

    public var description: String {
        switch self {
        case .mailAddress:
            """
            the mail address cannot be written to: store one of the form name@domain, \
            without spaces, quotes or control characters, of at most 254 bytes
            """
        case .mobileNumber:
            """
            the mobile number cannot be written to: store it in the international form, \
            + and 7 to 15 digits
            """
        case .setting(let name, let bound):
            "\(name) must be \(bound)"
        }
    }
}
