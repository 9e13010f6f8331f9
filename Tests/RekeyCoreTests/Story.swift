// One subject and its clock: every call is decided and then applied, as the store does it. The
// tests of the decisions come in; it touches RekeyCore and nothing else.

import RekeyCore

/// What happens to one subject, call by call.
final class Story {
    private(set) var subject: Subject
    var now = start
    var policy = Policy()

    /// Everything that happened, for a replay.
    private(set) var log: [(event: Event, at: Timestamp)] = []
    /// What the last call did.
    private(set) var lastEvents: [Event] = []
    private(set) var lastLetters: [Letter] = []
    private(set) var lastDurability = Durability.awaited
    private var drawn = 0

    /// A subject nobody has heard of.
    init(policy: Policy = Policy()) {
        self.policy = policy
        subject = Subject(id: .number(1))
    }

    func wait(_ pause: Duration) { now = now + pause }

    func fresh<ID: Identifier128>() -> ID {
        drawn += 1
        return .number(drawn)
    }

    func pair() -> LetterPair { LetterPair(fresh(), fresh()) }

    func freshRecord() -> PasswordRecord {
        drawn += 1
        return .number(drawn)
    }

    /// Decides and applies.
    @discardableResult
    func run<Reply>(
        _ decide: (Subject, Policy, Timestamp) -> Decision<Reply>
    ) -> Answer<Reply> {
        let decision = decide(subject, policy, now)
        lastEvents = decision.events
        lastLetters = decision.letters
        lastDurability = decision.durability
        for event in decision.events {
            subject.apply(event, at: now)
            log.append((event, now))
        }
        return decision.answer
    }

    // MARK: What may be asked about the subject

    var state: AccountState? { subject.state(policy: policy, now: now) }
    var password: PasswordRecord? { subject.account?.password }
    var standing: RequestStanding? { lastEvents.first?.standing }
    var resets: [Reset] { subject.account?.resets ?? [] }
    var sessions: [SessionID] { subject.account?.sessions.map(\.id) ?? [] }
    var openResets: [Reset] {
        resets.filter { subject.account?.openReset($0.id, policy: policy, at: now) != nil }
    }
    func delivery(of letter: Letter) -> Delivery {
        subject.delivery(of: letter, policy: policy, now: now)
    }
}
