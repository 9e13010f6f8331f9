public import RekeyCore
import RekeyStore

extension ListLetters: Served {
    public static func answer(
        _ request: Request, _ call: Call, _ service: Service
    ) async throws(Refusal) -> Reply {
        let letters = try await service.storing { () async throws(StoreError) in
            // One more than asked for, to know whether this is the last page.
            try await service.store.letters(after: request.after, limit: request.limit + 1)
        }
        let shown = letters.prefix(request.limit)
        return Reply(
            letters: Array(shown), nextAfter: shown.count < letters.count ? shown.last?.id : nil)
    }
}
