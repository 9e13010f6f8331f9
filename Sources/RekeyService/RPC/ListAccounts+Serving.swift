public import RekeyCore
import RekeyStore

extension ListAccounts: Served {
    public static func answer(
        _ request: Request, _ call: Call, _ service: Service
    ) async throws(Refusal) -> Reply {
        let page = try await service.storing { () async throws(StoreError) in
            // One more than asked for, to know whether this is the last page.
            try await service.store.list(after: request.after, limit: request.limit + 1)
        }
        let shown = page.value.prefix(request.limit)
        return Reply(
            accounts: shown.compactMap { $0.summary(policy: service.policy, now: page.now) },
            nextAfter: shown.count < page.value.count ? shown.last?.id : nil)
    }
}
