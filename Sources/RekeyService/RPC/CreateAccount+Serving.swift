public import RekeyCore
import RekeySecrets

extension CreateAccount: Served {
    public static func answer(
        _ request: Request, _ call: Call, _ service: Service
    ) async throws(Refusal) -> Reply {
        let (subject, identifier) = try service.subject(request.identifier)
        let profile = try Profile(
            identifier: String(decoding: identifier.utf8, as: UTF8.self), name: request.name,
            mail: request.mail, mobile: request.mobile, language: request.language
        ).checked(service.policy)
        let facts = Facts(
            profile: profile, reset: service.randomness.resetID(), letters: service.letterPair())
        return try await service.decidePaying(subject, call) { subject, now in
            decide(subject, facts, service.policy, now)
        }
    }
}
