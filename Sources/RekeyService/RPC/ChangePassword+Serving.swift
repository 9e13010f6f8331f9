public import RekeyCore

extension ChangePassword: Served {
    public static func answer(
        _ request: Request, _ call: Call, _ service: Service
    ) async throws(Refusal) -> Reply {
        let session = try service.open(session: request.session)
        let password = try service.passwords.proposed(
            request.newPassword, request.confirmation, field: "new_password")
        let current = try service.passwords.presented(
            request.currentPassword, field: "current_password")
        let newRecord = try await service.passwords.hash(password)
        for _ in 0..<3 {
            let subject = try await service.read(session.subject)
            let facts = Facts(
                session: session.id,
                check: try await service.passwords.check(current, of: subject),
                newPassword: newRecord)
            let answer = try await service.decideUnlessStale(session.subject, call) {
                subject, now in
                decide(subject, facts, service.policy, now)
            }
            if let answer {
                try await service.confirmRepeat(call, session.subject, password)
                return answer
            }
        }
        throw .keepsChanging
    }
}
