public import RekeyCore
import RekeySecrets

extension UpdateAccount: Served {
    public static func answer(
        _ request: Request, _ call: Call, _ service: Service
    ) async throws(Refusal) -> Reply {
        let (subject, _) = try service.subject(request.identifier)
        let facts = service.contactChangeFacts()
        @Sendable func decided(_ subject: Subject, _ now: Timestamp) -> Decision<Reply> {
            decide(subject, request, facts, service.policy, now)
        }
        guard request.changesContacts else {
            return try await service.decide(subject, call, decided)
        }
        // Who was a contact is told.
        return try await service.decidePaying(subject, call, decided)
    }
}

extension Service {
    /// For a call after which who was a contact may have to be told (R93).
    func contactChangeFacts() -> ContactChange.Facts {
        let (change, letters) = randomness.resetWithLetters()
        return ContactChange.Facts(change: change, letters: letters)
    }
}
