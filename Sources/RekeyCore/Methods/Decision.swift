/// What one call does to one subject, and what its caller hears. Pure: nothing has happened yet.
public struct Decision<Reply: Sendable>: Sendable {
    public var answer: Answer<Reply>
    /// In order. Empty when nothing changes.
    public var events: [Event]
    /// Queued in the same durable step as the events.
    public var letters: [Letter]
    public var durability: Durability

    public init(
        _ answer: Answer<Reply>, events: [Event] = [], letters: [Letter] = [],
        durability: Durability = .awaited
    ) {
        self.answer = answer
        self.events = events
        self.letters = letters
        self.durability = durability
    }

    /// Nothing changes and nothing is sent.
    public var isRead: Bool { events.isEmpty && letters.isEmpty }

    /// Refused, and nothing changes.
    public static func refused(_ refusal: Refusal) -> Decision { Decision(.refusal(refusal)) }

    /// The facts are about an older version of the subject: gather them again and decide again.
    public static var stale: Decision { Decision(.stale) }
}

/// What the caller of a decided call hears.
public enum Answer<Reply: Sendable>: Sendable {
    case reply(Reply)
    case refusal(Refusal)
    case stale
}

/// What the reply waits for.
public enum Durability: Sendable {
    /// The events are on disk before anybody sees them. The rule.
    case awaited
    /// The events are written, and the reply does not wait: only for a session's last use.
    case written
    /// The events change memory only: a session's last use, shortly after one that was written.
    case memory
}
