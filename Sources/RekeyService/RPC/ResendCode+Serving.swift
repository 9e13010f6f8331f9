public import RekeyCore
import RekeySecrets

extension ResendCode: Served {
    public static func answer(
        _ request: Request, _ call: Call, _ service: Service
    ) async throws(Refusal) -> Reply {
        let link = try service.open(link: request.link)
        let facts = Facts(reset: link.id, letter: service.randomness.letterID())
        return try await service.decide(link.subject, call) { subject, now in
            decide(subject, facts, service.policy, now)
        }
    }
}
