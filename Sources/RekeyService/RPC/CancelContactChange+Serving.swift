public import RekeyCore

extension CancelContactChange: Served {
    public static func answer(
        _ request: Request, _ call: Call, _ service: Service
    ) async throws(Refusal) -> Reply {
        let link = try service.open(link: request.link, call, request.origin)
        return try await service.decide(link.subject, call) { subject, now in
            decide(subject, link.id, now)
        }
    }
}
