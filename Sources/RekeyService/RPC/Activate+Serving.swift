public import RekeyCore
import RekeySecrets
import Synchronization

extension Activate: Served {
    /// In the order of R41: the link's MAC, the rules that need no account, the hash, the decision.
    public static func answer(
        _ request: Request, _ call: Call, _ service: Service
    ) async throws(Refusal) -> Reply {
        let link = try service.open(link: request.link, call, request.origin)
        let password = try service.passwords.proposed(
            request.password, request.confirmation, field: "password")
        let facts = Facts(
            reset: link.id,
            provenGenerations: service.codes.provenGenerations(
                by: request.code, link.subject, link.id, upTo: Policy.resendsMax),
            newPassword: try await service.passwords.hash(password),
            letters: service.letterPair())
        let decided = Decided()
        let reply = try await service.decide(link.subject, call) { subject, now in
            decided.now.store(true, ordering: .relaxed)
            return decide(subject, facts, service.policy, now)
        }
        try await service.confirmRepeat(decided, link.subject, password)
        return reply
    }
}
