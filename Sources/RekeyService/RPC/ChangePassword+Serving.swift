public import RekeyCore
import Synchronization

extension ChangePassword: Served {
    public static func answer(
        _ request: Request, _ call: Call, _ service: Service
    ) async throws(Refusal) -> Reply {
        let session = try service.open(session: request.session)
        let password = try service.passwords.proposed(
            request.newPassword, request.confirmation, field: "new_password")
        let current = try service.passwords.normalized(
            request.currentPassword, field: "current_password")
        let newRecord = try await service.passwords.hash(password)
        for _ in 0..<3 {
            let subject = try await service.read(session.subject)
            let facts = Facts(
                session: session.id,
                check: try await service.passwords.check(current, of: subject),
                newPassword: newRecord)
            let decided = Decided()
            let answer = try await service.decideUnlessStale(session.subject, call) {
                subject, now in
                decided.now.store(true, ordering: .relaxed)
                return decide(subject, facts, service.policy, now)
            }
            if let answer {
                try await service.confirmRepeat(decided, session.subject, password)
                return answer
            }
        }
        throw .keepsChanging
    }
}
