public import RekeyCore

/// A mail ready for a courier. It holds a link, so it never prints its words (R69).
public struct Mail: Equatable, Sendable {
    public let from: MailAddress
    public let to: MailAddress
    /// Shown beside `to`; nil or blank for the bare address.
    public let recipientName: String?
    public let subject: String
    /// Lines that end in LF.
    public let body: String
    /// When the letter was queued: the same at every attempt, and with it the whole message.
    public let date: Timestamp
    /// Right of the `@` in the Message-ID.
    let messageDomain: String
}

extension Mail: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "mail to \(Masking.mail(to.text))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
