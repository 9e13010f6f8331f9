import RekeyCore
import RekeyJournal
import RekeySimulation
import RekeyWire
import Testing

@testable import RekeyStore

@Suite("What is stored, for people")
struct StoredRecordsTests {
    private let records = StoredRecords()
    private let arena = Arena()

    private func json(_ bytes: [UInt8], in kind: BatchKind) throws -> (String, String) {
        try bytes.withUnsafeBytes { bytes in
            let (type, content) = try records.json(bytes, in: kind)
            return (type, content.text)
        }
    }

    private func check(_ bytes: [UInt8], in kind: BatchKind) throws {
        try bytes.withUnsafeBytes { try records.check($0, in: kind) }
    }

    @Test("A transaction: ids as hexadecimal digits, times as numbers, enumerations by name")
    func transaction() throws {
        var generator = SeededGenerator(seed: 3)
        let id: SubjectID = generator.id()
        var transaction = Transaction(subject: id, at: Timestamp(milliseconds: 1_700_000_000_123))
        transaction.events = [.loginFailed(.counted), .accountHeld(.locked)]
        let (type, text) = try json(Records.bytes(.transaction(transaction), arena), in: .records)
        #expect(type == "Transaction")
        #expect(
            text.hasPrefix(
                #"{"subject":"\#(id)","atMs":1700000000123,"events":[{"loginFailed":"#
                    + #"{"counting":"COUNTING_COUNTED"}},{"accountHeld":{"hold":"HOLD_LOCKED"}}]"#),
            "\(text)")
    }

    @Test("A checkpoint's chunk: rows are shown as the messages they are")
    func chunk() throws {
        var subject = Subject(id: SubjectID(rawValue: 7))
        subject.apply(.loginFailed(.counted), at: Timestamp(milliseconds: 5))
        var chunk = CheckpointRecord(at: Timestamp(milliseconds: 9))
        chunk.subjects = [
            SubjectEntry(id: subject.id, row: Records.encode(subject, arena), hasAccount: false)
        ]
        let bytes = arena.scope(budget: Arena.packingBudget) { Array(arena.encode(chunk)) }
        let (type, text) = try json(bytes, in: .chunk)
        #expect(type == "CheckpointChunk")
        #expect(text.contains(#""row":{"resetRequestsMs":[],"loginFailures":1,"#), "\(text)")
        #expect(text.contains(#""lastLoginFailureMs":5"#))
        try check(bytes, in: .chunk)

        chunk.subjects[0].row = [0xFF]
        let broken = arena.scope(budget: Arena.packingBudget) { Array(arena.encode(chunk)) }
        #expect(throws: StoreError.self) { try json(broken, in: .chunk) }
        #expect(throws: StoreError.self) { try check(broken, in: .chunk) }
    }

    @Test("Everything that a store writes can be shown, and what it could not use is refused")
    func everything() throws {
        for seed in 0..<20 {
            var generator = SeededGenerator(seed: UInt64(seed))
            var transaction = Transaction(subject: generator.id(), at: generator.time())
            transaction.events = generator.events()
            transaction.letters = generator.list(0...6) { $0.letter() }
            transaction.outcome = generator.outcome()
            let bytes = Records.bytes(.transaction(transaction), arena)
            try check(bytes, in: .records)
            #expect(try json(bytes, in: .records).0 == "Transaction")
        }
        let settled = Settlements(
            at: Timestamp(milliseconds: 5),
            letters: [SettlementRecord(letter: LetterID(rawValue: 1), settlement: .gone)])
        let bytes = Records.bytes(.settlements(settled), arena)
        try check(bytes, in: .records)
        #expect(try json(bytes, in: .records).0 == "LettersSettled")
    }

    @Test(
        "A record of no known type, an empty one, or one that is no message is refused by name",
        arguments: [([9, 1, 2], "type 9"), ([], "type 0"), ([1, 0xFF], "varint"), ([1], "")])
    func unreadable(_ bytes: [UInt8], _ reason: String) throws {
        let error = #expect(throws: StoreError.self) { try check(bytes, in: .records) }
        guard case .unreadable(let text) = error else { throw error! }
        #expect(text.contains(reason), "\(text)")
    }
}
