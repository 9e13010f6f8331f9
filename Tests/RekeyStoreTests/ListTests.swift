import RekeyCore
import RekeySimulation
import Testing

@testable import RekeyStore

@Suite("Pages of accounts")
struct ListTests {
    @Test("Pages ascend without gaps or doubles, and show accounts only", arguments: [1, 3, 1000])
    func pages(size: Int) async throws {
        var generator = SeededGenerator(seed: UInt64(size))
        let store = try Bench.make(SimulatedDisk(), SimulatedTime())
        var accounts: Set<SubjectID> = []
        for number in 0..<120 {
            // Some share a page, some stand at its edges.
            var id: SubjectID = generator.id()
            if number % 4 == 0 { id = SubjectID(rawValue: 0x42 << 120 | id.rawValue >> 8) }
            if number == 1 { id = SubjectID(rawValue: 0) }
            if number == 2 { id = SubjectID(rawValue: .max) }
            if number % 5 == 3 {
                try await store.requestReset(id, Draw(&generator))
                continue
            }
            try await store.createAccount(id, Draw(&generator))
            accounts.insert(id)
            if number % 10 == 0 {
                try await store.delete(id)
                accounts.remove(id)
            }
        }
        var seen: [SubjectID] = []
        while true {
            let page = try await store.list(after: seen.last, limit: size).value
            #expect(page.count <= size)
            #expect(page.allSatisfy { $0.account != nil })
            if page.isEmpty { break }
            seen += page.map(\.id)
        }
        #expect(seen == accounts.sorted())
        #expect(store.status().accounts == accounts.count)
    }
}
