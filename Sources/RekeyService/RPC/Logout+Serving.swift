public import RekeyCore

extension Logout: Served {
    public static func answer(
        _ request: Request, _ call: Call, _ service: Service
    ) async throws(Refusal) -> Reply {
        let session = try service.open(session: request.session)
        return try await service.decide(session.subject, call) { subject, _ in
            decide(subject, session.id)
        }
    }
}
