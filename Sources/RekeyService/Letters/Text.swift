public import RekeyCore

/// An SMS ready for a courier. It holds a code, so it never prints its words (R69).
public struct Text: Equatable, Sendable {
    public let to: MobileNumber
    /// One line.
    public let words: String
    /// When the letter was queued: the same at every attempt.
    public let date: Timestamp
}

extension Text: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "SMS to \(Masking.mobile(to.text))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
