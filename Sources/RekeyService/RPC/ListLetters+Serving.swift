public import RekeyCore
import RekeyStore

extension ListLetters: Served {
    public static func answer(
        _ request: Request, _ call: Call, _ service: Service
    ) async throws(Refusal) -> Reply {
        let letters = try await service.storing { () async throws(StoreError) in
            try await service.store.letters(after: request.after, limit: request.limit)
        }
        return Reply(
            letters: letters, nextAfter: letters.count == request.limit ? letters.last?.id : nil)
    }
}
