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
                try await store.delete(id, Draw(&generator))
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
    @Test("Pages that were listed before show what was created and deleted since", arguments: 1...5)
    func changing(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let store = try Bench.make(SimulatedDisk(), SimulatedTime())
        var accounts: [SubjectID] = []
        for _ in 0..<150 {
            if generator.count(0...3) == 0, let id = accounts.randomElement(using: &generator) {
                try await store.delete(id, Draw(&generator))
                accounts.removeAll { $0 == id }
            } else {
                // Few pages, so that each holds many.
                let drawn: SubjectID = generator.id()
                let id = SubjectID(rawValue: drawn.rawValue & ~(0xFC << 120))
                try await store.requestReset(id, Draw(&generator))
                try await store.createAccount(id, Draw(&generator))
                accounts.append(id)
            }
            let after = accounts.randomElement(using: &generator)
            let limit = generator.count(1...40)
            let expected = accounts.filter { id in after.map { id > $0 } ?? true }.sorted()
            let listed = try await store.list(after: after, limit: limit).value.map(\.id)
            #expect(listed == Array(expected.prefix(limit)))
        }
    }
}
