public import RekeyCore
import RekeySecrets
import Synchronization

extension Login: Served {
    public static func answer(
        _ request: Request, _ call: Call, _ service: Service
    ) async throws(Refusal) -> Reply {
        guard call.idempotency == nil else {
            throw .field("idempotency_key", "Login takes none: each one opens a session of its own")
        }
        return try await service.charging(.failedLogins, call, request.origin) {
            (decided) async throws(Refusal) in
            try await logIn(request, call, service, decided)
        }
    }

    private static func logIn(
        _ request: Request, _ call: Call, _ service: Service, _ decided: Decided
    ) async throws(Refusal) -> Reply {
        let (id, _) = try service.subject(request.identifier)
        let password = try service.passwords.normalized(request.password, field: "password")
        let earlier = request.earlierSession.flatMap { service.sessions.open($0) }
        // Stale only when the password changed while it was being checked; twice in a row means
        // that somebody else is at work.
        for _ in 0..<3 {
            let subject = try await service.read(id)
            let facts = Facts(
                check: try await service.passwords.check(password, of: subject),
                session: service.randomness.sessionID(), letters: service.letterPair(),
                earlier: earlier.flatMap { $0.subject == id ? $0.id : nil })
            let granted = try await service.decideUnlessStale(id, unrepeatable: call) {
                subject, now in
                decided.now.store(true, ordering: .relaxed)
                return decide(subject, facts, service.policy, now)
            }
            if let granted {
                if let earlier, earlier.subject != id { await end(earlier, call, service) }
                await renew(password, of: subject, call, service)
                return Reply(
                    session: service.sessions.mint(id, granted.session),
                    validUntil: granted.validUntil, idle: service.policy.sessionIdle)
            }
        }
        throw .keepsChanging
    }

    /// The session that somebody else left in the same browser ends too (R59).
    private static func end(
        _ session: (subject: SubjectID, id: SessionID), _ call: Call, _ service: Service
    ) async {
        _ = try? await service.decideUnlessStale(session.subject, unrepeatable: call) {
            subject, _ in
            Logout.decide(subject, session.id)
        }
    }

    /// R45. After the login was granted, and never for one that is refused: the time of a second hash
    /// would tell that its password was right. What fails here is done at the next login.
    private static func renew(
        _ password: NormalizedPassword, of checked: Subject, _ call: Call, _ service: Service
    ) async {
        guard let record = try? await service.passwords.rehashed(password, of: checked) else {
            return
        }
        _ = try? await service.decideUnlessStale(checked.id, unrepeatable: call) { subject, _ in
            renew(subject, record, of: checked.passwordVersion)
        }
    }
}
