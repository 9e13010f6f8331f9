public import RekeyCore

extension CheckSession: Served {
    public static func answer(
        _ request: Request, _ call: Call, _ service: Service
    ) async throws(Refusal) -> Reply {
        let session = try service.open(session: request.session)
        let reply = try await service.decideUnlessStale(session.subject, unrepeatable: call) {
            subject, now in
            decide(subject, session.id, service.policy, now)
        }
        return try reply.fresh()
    }

    public static func answerAtOnce(
        _ request: Request, _ call: Call, _ service: Service
    ) throws(Refusal) -> Reply? {
        let session = try service.open(session: request.session)
        return try service.decideAtOnce(session.subject) { subject, now in
            decide(subject, session.id, service.policy, now)
        }
    }
}
