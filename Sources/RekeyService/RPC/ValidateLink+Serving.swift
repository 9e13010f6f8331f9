public import RekeyCore

extension ValidateLink: Served {
    public static func answer(
        _ request: Request, _ call: Call, _ service: Service
    ) async throws(Refusal) -> Reply {
        let link = try service.open(link: request.link, call, request.origin)
        let reply = try await service.decideUnlessStale(link.subject, unrepeatable: call) {
            subject, now in
            decide(subject, link.id, service.policy, now)
        }
        return try reply.fresh()
    }

    public static func answerAtOnce(
        _ request: Request, _ call: Call, _ service: Service
    ) throws(Refusal) -> Reply? {
        let link = try service.open(link: request.link, call, request.origin)
        return try service.readAtOnce(link.subject) { subject, now in
            decide(subject, link.id, service.policy, now)
        }
    }
}
