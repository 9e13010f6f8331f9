// A store in a world that the test owns: disk and clocks are simulated, and the calls are real
// decisions.

import RekeyCore
import RekeyJournal
import RekeySimulation
import Synchronization

@testable import RekeyStore

enum Bench {
    static let directory = "/data"
    static let tag: [UInt8] = [7, 7, 7]
    static let policy = Policy()
    /// Segments that fill within a test.
    static let small = JournalOptions(segmentBytes: 1 << 16, batchBytes: 1 << 14)

    /// Segments that do not.
    static let large = JournalOptions(segmentBytes: 1 << 20, batchBytes: 1 << 18)

    /// What `EmbeddedStore.create` makes, but with a first segment that is quickly made.
    static func create(on disk: SimulatedDisk, options: JournalOptions = large) throws {
        try Journal.create(
            directory: directory, disk: disk, options: options, storeID: StoreID(high: 1, low: 2),
            tag: tag)
    }

    static func open(
        _ disk: SimulatedDisk, _ time: any TimeSource = SimulatedTime(),
        options: JournalOptions = large,
        policy: Policy = policy, accepting clocks: AcceptedClocks = [],
        checkpointBytes: Int = .max,
        onNotice: @escaping @Sendable (StoreNotice) -> Void = { _ in },
        onFatal: @escaping @Sendable (JournalError) -> Void = { _ in }
    ) throws -> EmbeddedStore {
        try EmbeddedStore.open(
            directory: directory, disk: disk, options: options, tag: tag, policy: policy,
            time: time, accepting: clocks, checkpointBytes: checkpointBytes, onNotice: onNotice,
            onFatal: onFatal)
    }

    /// An empty store on an empty disk.
    static func make(_ disk: SimulatedDisk, _ time: any TimeSource) throws -> EmbeddedStore {
        try create(on: disk)
        return try open(disk, time)
    }

    static func key(_ number: Int, caller: String = "portal", call: UInt8 = 1) -> IdempotencyKey {
        let digits = withUnsafeBytes(of: number.bigEndian, Array.init)
        return IdempotencyKey(
            caller: caller, key: digits + Array(caller.utf8), fingerprint: [call])
    }

    static func profile(_ id: SubjectID) -> Profile {
        Profile(
            identifier: "C-\(id)", name: "Claire Martin", mail: "claire.martin@exemple.fr",
            mobile: "+33612345678", language: .french)
    }

    static let password = PasswordRecord(
        cost: HashCost(memoryKiB: 19456, passes: 2), pepper: 1,
        salt: [UInt8](repeating: 3, count: 16), tag: [UInt8](repeating: 4, count: 32))
}

/// Ids for one call, drawn from a seed.
struct Draw: Sendable {
    let reset: ResetID
    var session: SessionID
    let letters: LetterPair

    init(_ generator: inout SeededGenerator) {
        reset = generator.id()
        session = generator.id()
        letters = LetterPair(generator.id(), generator.id())
    }
}

extension EmbeddedStore {
    /// The newest sequence that something was written under.
    var lastAppended: UInt64 { tables.withLock { $0.lastAppended } }

    /// Every letter that waits, stand-ins too.
    var waiting: [Letter] { tables.withLock { $0.outbox.letters } }

    @discardableResult
    func createAccount(
        _ id: SubjectID, _ draw: Draw, key: IdempotencyKey? = nil
    ) async throws(StoreError) -> Answer<AccountSummary> {
        let facts = CreateAccount.Facts(
            profile: Bench.profile(id), reset: draw.reset, letters: draw.letters)
        return try await transact(id, idempotency: key) { subject, now in
            CreateAccount.decide(subject, facts, Bench.policy, now)
        }
    }

    @discardableResult
    func requestReset(
        _ id: SubjectID, _ draw: Draw, key: IdempotencyKey? = nil
    ) async throws(StoreError) -> Answer<RequestReset.Reply> {
        let facts = RequestReset.Facts(reset: draw.reset, letters: draw.letters)
        return try await transact(id, idempotency: key) { subject, now in
            RequestReset.decide(subject, facts, Bench.policy, now)
        }
    }

    /// - Parameter code: whether the code of the newest generation is presented.
    @discardableResult
    func activate(
        _ id: SubjectID, _ reset: ResetID, code isRight: Bool, _ draw: Draw,
        key: IdempotencyKey? = nil
    ) async throws(StoreError) -> Answer<Nothing> {
        let facts = Activate.Facts(
            reset: reset, provenGenerations: isRight ? .max : 0, newPassword: Bench.password,
            letters: draw.letters)
        return try await transact(id, idempotency: key) { subject, now in
            Activate.decide(subject, facts, Bench.policy, now)
        }
    }

    @discardableResult
    func login(
        _ id: SubjectID, password isRight: Bool, _ draw: Draw
    ) async throws(StoreError) -> Answer<Login.Granted> {
        try await transact(id) { subject, now in
            let facts = Login.Facts(
                check: PasswordCheck(version: subject.passwordVersion, matches: isRight),
                session: draw.session, letters: draw.letters)
            return Login.decide(subject, facts, Bench.policy, now)
        }
    }

    /// The record of the same password, made anew.
    @discardableResult
    func renew(_ id: SubjectID, _ record: PasswordRecord) async throws(StoreError) -> Answer<
        Nothing
    > {
        try await transact(id) { subject, _ in
            Login.renew(subject, record, of: subject.passwordVersion)
        }
    }

    @discardableResult
    func delete(
        _ id: SubjectID, _ draw: Draw
    ) async throws(StoreError) -> Answer<Nothing> {
        try await transact(id) { subject, now in
            let facts = DeleteAccount.Facts(change: draw.reset, letters: draw.letters)
            return DeleteAccount.decide(subject, facts, Bench.policy, now)
        }
    }
}

extension Answer {
    var reply: Reply? {
        if case .reply(let reply) = self { reply } else { nil }
    }

    var reason: Reason? {
        if case .refusal(let refusal) = self { refusal.reason } else { nil }
    }
}
