public import RekeyCore
import RekeySecrets
import Synchronization

extension ResendCode: Served {
    public static func answer(
        _ request: Request, _ call: Call, _ service: Service
    ) async throws(Refusal) -> Reply {
        let link = try service.open(link: request.link, call, request.origin)
        return try await service.charging(.letters, call, request.origin) {
            (decided) async throws(Refusal) in
            let facts = Facts(reset: link.id, letter: service.randomness.letterID())
            return try await service.decide(link.subject, call) { subject, now in
                decided.now.store(true, ordering: .relaxed)
                return decide(subject, facts, service.policy, now)
            }
        }
    }
}
