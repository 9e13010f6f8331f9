public import RekeyCore
import RekeySecrets
import Synchronization

extension UpdateAccount: Served {
    public static func answer(
        _ request: Request, _ call: Call, _ service: Service
    ) async throws(Refusal) -> Reply {
        let (subject, _) = try service.subject(request.identifier)
        let (change, letters) = service.randomness.resetWithLetters()
        let facts = Facts(change: change, letters: letters)
        @Sendable func decided(_ subject: Subject, _ now: Timestamp) -> Decision<Reply> {
            decide(subject, request, facts, service.policy, now)
        }
        guard request.changesContacts else {
            return try await service.decide(subject, call, decided)
        }
        // Who was a contact is told by SMS, which is paid like any other (R07).
        return try await service.charging(.letters, call, Origin()) {
            (wasDecided) async throws(Refusal) in
            try await service.decide(subject, call) { subject, now in
                wasDecided.now.store(true, ordering: .relaxed)
                return decided(subject, now)
            }
        }
    }
}
