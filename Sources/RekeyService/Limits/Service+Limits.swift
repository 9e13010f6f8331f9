import RekeyCore
import RekeySecrets
import RekeyStore
import Synchronization

// Where calls take from the limits. ChangePassword does not: it needs a live session, and its wrong
// passwords count against that session's account, so nobody can try many accounts with it.

extension Service {
    /// What the link was minted from. A forged one ends here, before the store is touched (R21), and an
    /// authentic one asks for no limit.
    func open(
        link: Secret, _ call: Call, _ origin: Origin
    ) throws(Refusal) -> (subject: SubjectID, id: ResetID) {
        if let opened = links.open(link) { return opened }
        limits.settle(try limits.hold(.forgedLinks, call, origin), isCounted: true)
        throw .linkInvalid
    }

    /// Runs a call that holds one credit of `kind` from before anybody knows whom it is about, so that
    /// many at once do not pass together, and pays it if the call counts. A repeat pays nothing (R94).
    ///
    /// - Parameter body: marks what it is lent when it decides.
    func charging<Reply>(
        _ kind: RateLimits.Kind, _ call: Call, _ origin: Origin,
        _ body: (Decided) async throws(Refusal) -> Reply
    ) async throws(Refusal) -> Reply {
        let decided = Decided()
        if let key = call.idempotency, store.holds(key) { return try await body(decided) }
        let credit = try limits.hold(kind, call, origin)
        func settle(_ refusal: Refusal?) {
            limits.settle(
                credit,
                isCounted: decided.now.load(ordering: .relaxed) && kind.counts(refusal))
        }
        do throws(Refusal) {
            let reply = try await body(decided)
            settle(nil)
            return reply
        } catch {
            settle(error)
            throw error
        }
    }

    /// Decides an operator's call, whose SMS is paid like any other (R07); one that sends none costs
    /// nothing.
    func decidePaying<Reply: Storable>(
        _ subject: SubjectID, _ call: Call,
        _ decide: @escaping @Sendable (Subject, Timestamp) -> Decision<Reply>
    ) async throws(Refusal) -> Reply {
        try await charging(.letters, call, Origin()) { (decided) async throws(Refusal) in
            try await self.decide(subject, call) { subject, now in
                let decision = decide(subject, now)
                if !decision.letters.isEmpty { decided.now.store(true, ordering: .relaxed) }
                return decision
            }
        }
    }
}
