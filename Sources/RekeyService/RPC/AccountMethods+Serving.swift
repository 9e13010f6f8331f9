public import RekeyCore
public import RekeyStore

// Operators' calls that only name an account differ in their decision alone.
extension GetAccount: Served {}
extension LockAccount: Served {}
extension UnlockAccount: Served {}
extension DisableAccount: Served {}
extension EnableAccount: Served {}
extension RevokeSessions: Served {}

extension AccountMethod where Reply: Storable {
    public static func answer(
        _ request: AccountRequest, _ call: Call, _ service: Service
    ) async throws(Refusal) -> Reply {
        let (subject, _) = try service.subject(request.identifier)
        return try await service.decide(subject, call) { subject, now in
            decide(subject, service.policy, now)
        }
    }
}
