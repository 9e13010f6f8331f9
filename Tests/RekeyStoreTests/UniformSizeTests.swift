import RekeyCore
import RekeySimulation
import RekeyWire
import Testing

@testable import RekeyStore

/// What is written must not tell a known identifier from an unknown one.
@Suite("Records of one size, whoever it is")
struct UniformSizeTests {
    private let policy = Policy()
    private let now = Timestamp(milliseconds: 1_563_290_940_000)
    private let arena = Arena()

    /// Everybody that the same call may meet: unknown, pending, active, over a limit, blocked, off,
    /// suspended, locked, disabled, paused for a changed contact, deleted.
    private func everybody(_ reset: Reset, _ generator: inout SeededGenerator) -> [Subject] {
        var pending = Subject(id: generator.id())
        pending.apply(.accountCreated(Bench.profile(pending.id), reset), at: now - .seconds(120))
        var active = pending
        active.apply(.activated(reset.id, Bench.password), at: now - .seconds(100))
        active.apply(.resetRequested(reset, .opened), at: now - .seconds(90))
        let change = ContactChange(
            id: generator.id(), heldUntil: now + .hours(24), mail: "a@example.fr",
            mobile: "+33612345678", mobileConfirmed: true)
        let changes: [[Event]] = [
            [.resetRequested(reset, .opened)],
            [Event](repeating: .loginFailed(.counted), count: 6),
            [Event](repeating: .loginFailed(.counted), count: 100),
            [Event](repeating: .activationFailed(reset.id, .counted), count: 10),
            [.accountHeld(.locked)], [.accountHeld(.disabled)],
            [.accountUpdated(Bench.profile(generator.id()), change)], [.accountDeleted(change)],
        ]
        let others = changes.map { events in
            var subject = active
            for event in events { subject.apply(event, at: now) }
            return subject
        }
        return [Subject(id: generator.id()), pending, active] + others
    }

    private func sizes<Reply: Sendable & Storable>(
        _ subjects: [Subject], _ decide: (Subject) -> Decision<Reply>
    ) -> [Int] {
        subjects.map { subject in
            let decision = decide(subject)
            let repeats = Repeats<Reply>(
                key: Bench.key(1), encode: \.stored, decode: Reply.init(stored:))
            return size(decision, subject, repeats.outcome(of: decision.answer, at: now))
        }
    }

    private func size<Reply>(
        _ decision: Decision<Reply>, _ subject: Subject, _ outcome: Outcome? = nil
    ) -> Int {
        Records.bytes(
            .transaction(
                Transaction(
                    subject: subject.id, at: now, events: decision.events,
                    letters: decision.letters, outcome: outcome)), arena
        ).count
    }

    @Test("R04: a request for a reset writes as many bytes for everybody", arguments: 0..<20)
    func requests(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let draw = Draw(&generator)
        let subjects = everybody(openReset(&generator), &generator)
        let sizes = sizes(subjects) { subject in
            RequestReset.decide(
                subject, RequestReset.Facts(reset: draw.reset, letters: draw.letters), policy, now)
        }
        #expect(Set(sizes).count == 1, "\(sizes)")
    }

    @Test("R30: a refused activation writes as many bytes for everybody", arguments: 0..<20)
    func activations(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let draw = Draw(&generator)
        let reset = openReset(&generator)
        let subjects = everybody(reset, &generator)
        let facts = Activate.Facts(
            reset: reset.id, provenGenerations: 0, newPassword: Bench.password,
            letters: draw.letters)
        let sizes = sizes(subjects) { Activate.decide($0, facts, policy, now) }
        #expect(Set(sizes).count == 1, "\(sizes)")
    }

    @Test(
        "R50, R51: a failed login writes as many bytes for everybody, also one that is told of",
        arguments: 0..<20, [0, 49, 99])
    func logins(seed: UInt64, failures: Int) {
        var generator = SeededGenerator(seed: seed)
        let draw = Draw(&generator)
        let sizes = everybody(openReset(&generator), &generator).map { subject in
            var subject = subject
            subject.traffic.loginFailures = failures
            subject.traffic.lastLoginFailure = now - .hours(1)
            let facts = Login.Facts(
                check: PasswordCheck(version: subject.passwordVersion, matches: false),
                session: draw.session, letters: draw.letters)
            return size(Login.decide(subject, facts, policy, now), subject)
        }
        #expect(Set(sizes).count == 1, "\(sizes)")
    }

    private func openReset(_ generator: inout SeededGenerator) -> Reset {
        Reset(
            id: generator.id(), purpose: .recovery, openedAt: now - .seconds(120),
            validUntil: now + .hours(1), codeValidUntil: now + .minutes(5))
    }
}
