public import RekeyCore
import RekeySecrets

extension RequestReset: Served {
    public static func answer(
        _ request: Request, _ call: Call, _ service: Service
    ) async throws(Refusal) -> Reply {
        let (subject, _) = try service.subject(request.identifier)
        let (reset, letters) = service.randomness.resetWithLetters()
        let facts = Facts(reset: reset, letters: letters)
        return try await service.decide(subject, call) { subject, now in
            decide(subject, facts, service.policy, now)
        }
    }
}
