public import RekeyCore

extension UpdateAccount: Served {
    public static func answer(
        _ request: Request, _ call: Call, _ service: Service
    ) async throws(Refusal) -> Reply {
        let (subject, _) = try service.subject(request.identifier)
        return try await service.decide(subject, call) { subject, now in
            decide(subject, request, service.policy, now)
        }
    }
}
