public import RekeyCore
import RekeyStore

extension ListAccounts: Served {
    public static func answer(
        _ request: Request, _ call: Call, _ service: Service
    ) async throws(Refusal) -> Reply {
        let page = try await service.storing { () async throws(StoreError) in
            try await service.store.list(after: request.after, limit: request.limit)
        }
        return Reply(
            accounts: page.value.compactMap { $0.summary(policy: service.policy, now: page.now) },
            nextAfter: page.value.count == request.limit ? page.value.last?.id : nil)
    }
}
