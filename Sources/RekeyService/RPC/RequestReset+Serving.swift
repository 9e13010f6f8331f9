public import RekeyCore
import RekeySecrets
import Synchronization

extension RequestReset: Served {
    public static func answer(
        _ request: Request, _ call: Call, _ service: Service
    ) async throws(Refusal) -> Reply {
        try await service.charging(.letters, call, request.origin) {
            (decided) async throws(Refusal) in
            let (subject, _) = try service.subject(request.identifier)
            let (reset, letters) = service.randomness.resetWithLetters()
            let facts = Facts(reset: reset, letters: letters)
            return try await service.decide(subject, call) { subject, now in
                decided.now.store(true, ordering: .relaxed)
                return decide(subject, facts, service.policy, now)
            }
        }
    }
}
