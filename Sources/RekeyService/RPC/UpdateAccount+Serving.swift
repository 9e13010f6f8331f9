public import RekeyCore
import RekeySecrets

extension UpdateAccount: Served {
    public static func answer(
        _ request: Request, _ call: Call, _ service: Service
    ) async throws(Refusal) -> Reply {
        let (subject, _) = try service.subject(request.identifier)
        let (change, letters) = service.randomness.resetWithLetters()
        let facts = Facts(change: change, letters: letters)
        return try await service.decide(subject, call) { subject, now in
            decide(subject, request, facts, service.policy, now)
        }
    }
}
