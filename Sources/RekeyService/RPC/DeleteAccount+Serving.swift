public import RekeyCore
import RekeySecrets

extension DeleteAccount: Served {
    public static func answer(
        _ request: Request, _ call: Call, _ service: Service
    ) async throws(Refusal) -> Reply {
        let (subject, _) = try service.subject(request.identifier)
        let facts = service.contactChangeFacts()
        return try await service.decidePaying(subject, call) { subject, now in
            decide(subject, facts, service.policy, now)
        }
    }
}
