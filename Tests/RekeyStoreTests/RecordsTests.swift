import CProtobufC
import CRekeyProto
import RekeyCore
import RekeySimulation
import RekeyWire
import Testing

@testable import RekeyStore

@Suite("What happened, in bytes and back")
struct RecordsTests {
    private let arena = Arena()

    private func roundTrip(_ transaction: Transaction) throws -> Transaction {
        let decoded = try Records.bytes(.transaction(transaction), arena).withUnsafeBytes {
            try Records.decode($0, arena)
        }
        guard case .transaction(let transaction) = decoded else { throw NotATransaction() }
        return transaction
    }

    private struct NotATransaction: Error {}

    @Test("A reading of the clocks comes back as it was, to the millisecond")
    func clockReading() throws {
        let reading = ClockReading(
            at: Timestamp(milliseconds: 1_563_290_940_123), boot: Array(1...16),
            elapsed: .milliseconds(5_432_100))
        let bytes = Records.bytes(.clock(reading), arena)
        guard case .clock(let read) = try bytes.withUnsafeBytes({ try Records.decode($0, arena) })
        else {
            Issue.record("another record")
            return
        }
        #expect(read == reading)
    }

    @Test("Every case of an event has a record, and every record an event")
    func everyCase() {
        var generator = SeededGenerator(seed: 1)
        let places = generator.events().map(\.place)
        #expect(places == Array(0..<Int(rekey_event_descriptor().pointee.n_fields)))
    }

    @Test("Events, letters and outcomes come back as they went", arguments: 0..<40)
    func transactions(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var transaction = Transaction(subject: generator.id(), at: generator.time())
        transaction.events = generator.events()
        transaction.letters = generator.list(0...6) { $0.letter() }
        transaction.outcome = generator.outcome()
        let again = try roundTrip(transaction)
        #expect(again.subject == transaction.subject)
        #expect(again.at == transaction.at)
        #expect(again.events == transaction.events)
        #expect(again.letters == transaction.letters)
        #expect(again.outcome == transaction.outcome)
    }

    @Test("What a transaction lacks stays lacking")
    func bare() throws {
        var generator = SeededGenerator(seed: 2)
        let again = try roundTrip(Transaction(subject: generator.id(), at: generator.time()))
        #expect(again.events.isEmpty && again.letters.isEmpty)
        #expect(again.outcome == nil)
    }

    @Test("Settlements come back as they went")
    func settlements() throws {
        var generator = SeededGenerator(seed: 5)
        let sent = Settlements(
            at: generator.time(),
            letters: generator.list(2...9) { generator in
                SettlementRecord(
                    letter: generator.id(),
                    settlement: Bool.random(using: &generator)
                        ? .gone : .again(at: generator.time()))
            })
        let bytes = Records.bytes(.settlements(sent), arena)
        guard
            case .settlements(let read) = try bytes.withUnsafeBytes({
                try Records.decode($0, arena)
            })
        else {
            Issue.record("another record")
            return
        }
        #expect(read.at == sent.at)
        #expect(read.letters.map(\.letter) == sent.letters.map(\.letter))
        #expect(read.letters.map(\.settlement) == sent.letters.map(\.settlement))
    }

    @Test("A subject's row and a part of a checkpoint come back as they went", arguments: 0..<40)
    func rows(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let subject = generator.subject()
        let row = Records.encode(subject, arena)
        #expect(try Records.subject(subject.id, row, arena) == subject)

        var part = CheckpointRecord(at: generator.time())
        part.subjects = [SubjectEntry(id: subject.id, row: row, hasAccount: true)]
        part.letters = generator.list(0...6) { $0.letter() }
        part.outcomes = generator.list(0...6) { $0.outcome() }
        let bytes = arena.scope(budget: Arena.packingBudget) { Array(arena.encode(part)) }
        let again = try bytes.withUnsafeBytes {
            try Records.decode(CheckpointRecord.self, $0, arena)
        }
        #expect(again.at == part.at)
        #expect(again.subjects.map(\.id) == [subject.id])
        #expect(again.subjects.map(\.row) == [row])
        #expect(again.subjects.map(\.hasAccount) == [true])
        #expect(again.letters == part.letters)
        #expect(again.outcomes == part.outcomes)
    }

    @Test("Replies that are kept come back as they went")
    func replies() {
        var generator = SeededGenerator(seed: 3)
        let request = RequestReset.Reply(linkLife: .hours(12))
        #expect(RequestReset.Reply(stored: request.stored) == request)
        let resend = ResendCode.Reply(codeValidUntil: generator.time(), resendsLeft: 2)
        #expect(ResendCode.Reply(stored: resend.stored) == resend)
        let revoked = RevokeSessions.Reply(revoked: 7)
        #expect(RevokeSessions.Reply(stored: revoked.stored) == revoked)
        #expect(Nothing(stored: Nothing().stored) == Nothing())
        let summary = AccountSummary(
            id: generator.id(), profile: generator.profile(), state: .passwordOff,
            mobileConfirmed: true, version: 9, createdAt: generator.time(), liveSessions: 2,
            openResets: 1, loginFailures: 100, contactHoldUntil: generator.time())
        #expect(AccountSummary(stored: summary.stored) == summary)
        #expect(AccountSummary(stored: [0xFF]) == nil)
    }

    @Test("A record of a type, version or kind that this version lacks is unreadable")
    func unknown() throws {
        var generator = SeededGenerator(seed: 4)
        let record = Records.bytes(
            .transaction(
                Transaction(
                    subject: generator.id(), at: generator.time(), events: [.accountDeleted(nil)])),
            arena)
        // Field 99 of the oneof, as a newer version would write it, and a subject of 3 bytes.
        let laterEvent: [UInt8] = [1, 0x1A, 3, 0x9A, 6, 0]
        let shortSubject: [UInt8] = [1, 0x0A, 3, 1, 2, 3]
        let later = [2] + record.dropFirst()
        let all: [[UInt8]] = [[], [0], later, laterEvent, shortSubject]
        for bytes in all { #expect(refusal(of: bytes) != nil) }
    }

    @Test("Damaged bytes are read or refused as unreadable, and never crash", arguments: 0..<60)
    func damaged(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var transaction = Transaction(subject: generator.id(), at: generator.time())
        transaction.events = generator.events()
        transaction.letters = generator.list(1...3) { $0.letter() }
        transaction.outcome = generator.outcome()
        let record = Records.bytes(.transaction(transaction), arena)
        var refused = 0
        for _ in 0..<100 {
            var bytes = record
            for _ in 0..<generator.count(1...4) {
                bytes[generator.count(1...bytes.count - 1)] = UInt8.random(
                    in: 0...255, using: &generator)
            }
            if Bool.random(using: &generator) {
                bytes.removeLast(generator.count(0...bytes.count - 1))
            }
            guard let text = refusal(of: bytes) else { continue }
            #expect(!text.isEmpty)
            refused += 1
        }
        #expect(refused > 0)
    }

    /// What is said of bytes that are unreadable; nil for those that can be read.
    private func refusal(of bytes: [UInt8]) -> String? {
        bytes.withUnsafeBytes { bytes in
            do throws(StoreError) {
                _ = try Records.decode(bytes, arena)
                return nil
            } catch {
                guard case .unreadable(let text) = error else { return nil }
                return text
            }
        }
    }
}
