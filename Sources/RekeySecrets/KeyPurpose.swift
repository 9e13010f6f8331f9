// What a key of the ring is for.

/// What a key is for. A key serves one purpose only, so that what is minted for one is worth
/// nothing for another.
///
/// The raw value is the word in a key file.
public enum KeyPurpose: String, CaseIterable, Sendable {
    /// Links of resets. An old key may go after the longest life of a link.
    case link
    /// Activation codes. An old key may go after the longest life of a link.
    case code
    /// Session tokens. An old key may go after the longest life of a session.
    case session
    /// What passwords are keyed with (R47). An old key may go when no record names it.
    case pepper
    /// Subjects and whatever else is derived from an identifier (R05, R90). Does not rotate.
    case identifier
    /// The chain of audit records (R72). Does not rotate.
    case audit
    /// What a store recognises its ring by. Does not rotate.
    case check

    /// Whether a ring may hold more than one key of this purpose.
    public var rotates: Bool {
        switch self {
        case .link, .code, .session, .pepper: true
        case .identifier, .audit, .check: false
        }
    }
}
