public import RekeyCore
public import RekeyJournal
import RekeyWire

/// All that is in an embedded store which no server has open. Reading it changes nothing, not even
/// where a start would repair.
public struct RestingStore {
    private var tables: Tables
    private var newest = Timestamp(milliseconds: 0)

    /// Ends an opening when all of it was judged, before the first write.
    private struct Read: Error {}

    private init() {
        // Nothing is decided here, so nobody asks the clock.
        let clock = ServiceClock(SystemTime(), notBefore: newest, aheadMax: nil)
        tables = Tables(clock: clock, arena: Arena())
    }

    /// Lends what a store holds to `body`; no server can open the store meanwhile.
    ///
    /// - Parameter tag: the check value of its key ring, or as `Journal.tag` gives it where the ring is
    ///   lost.
    /// - Throws: what `body` throws, or what `EmbeddedStore.open` throws.
    public static func read<Result>(
        directory: String, disk: any Disk, tag: [UInt8],
        _ body: (inout RestingStore) throws -> Result
    ) throws -> Result {
        var store = RestingStore()
        var result: Swift.Result<Result, any Error>?
        do throws(JournalError) {
            _ = try Journal.open(
                directory: directory, disk: disk, tag: tag,
                restore: { try store.restore($0) },
                replay: { try store.replay($1, sequence: $0) },
                accept: {
                    try store.requireWhole()
                    result = Swift.Result { try body(&store) }
                    throw Read()
                },
                onFatal: { _ in })
        } catch {
            guard let result else { throw error }
            return try result.get()
        }
        preconditionFailure("an opening went on that was refused")
    }

    /// How many password records were made in which way.
    public var recipes: [PasswordRecord.Recipe: Int] { tables.recipes.counts }

    /// Makes a new store of these accounts for a new key ring: each under its new subject, with its
    /// contacts, holds and wrong codes, and with nothing that only the old ring was good for: no
    /// password, session, reset, letter or idempotency outcome, no deletion that could be taken back,
    /// and no traffic of strangers. All of it is durable on return.
    ///
    /// - Parameters:
    ///   - tag: the new ring's check value.
    ///   - subject: where the new ring puts an account.
    /// - Returns: how many accounts there are.
    public mutating func remake(
        in directory: String, disk: any Disk, storeID: StoreID, tag: [UInt8],
        subject: (Profile) throws -> SubjectID
    ) throws -> Int {
        try EmbeddedStore.create(directory: directory, disk: disk, storeID: storeID, tag: tag)
        let log = try RowLog(directory: directory, disk: disk, tag: tag)
        // No service time of the new store is before one of the old; of which boot it was is not known.
        let arena = tables.arena
        try log.append(
            .clock(ClockReading(at: newest, boot: ClockReading.noBoot, elapsed: .zero)), arena)
        var subjects: Set<SubjectID> = []
        try forEachAccount { account in
            let id = try subject(account.profile)
            guard subjects.insert(id).inserted else {
                throw StoreError.unreadable("two accounts under one identifier")
            }
            let row = Records.encode(Subject(id: id, account: account.withoutSecrets), arena)
            try log.append(.row(SubjectEntry(id: id, row: row, hasAccount: true)), arena)
        }
        try log.close()
        return subjects.count
    }

    /// How many accounts there are.
    public var accounts: Int { tables.rows.accounts }

    private mutating func forEachAccount(_ body: (Account) throws -> Void) throws {
        var last: SubjectID?
        while true {
            let ids = tables.rows.accounts(after: last, limit: 1000)
            guard let end = ids.last else { return }
            for id in ids {
                if let account = try tables.subject(id, at: newest).0.account { try body(account) }
            }
            last = end
        }
    }

    private mutating func restore(_ chunk: UnsafeRawBufferPointer) throws {
        let record = try Records.decode(CheckpointRecord.self, chunk, tables.arena)
        newest = max(newest, record.at)
        try tables.restore(record)
    }

    private mutating func replay(_ record: UnsafeRawBufferPointer, sequence: UInt64) throws {
        let decoded = try Records.decode(record, tables.arena)
        newest = max(newest, decoded.at)
        guard tables.recordsToSkip == 0 else { return tables.recordsToSkip -= 1 }
        try tables.replay(decoded, sequence: sequence)
    }

    private func requireWhole() throws(StoreError) {
        guard tables.recordsToSkip == 0 else {
            throw .unreadable("the log lacks records that the checkpoint holds")
        }
    }
}

extension Account {
    /// As it is when the ring is lost that its secrets hang on: without a password until its owner
    /// recovers it by RequestReset. Wrong codes go on counting (R27).
    fileprivate var withoutSecrets: Account {
        var account = self
        // One that was never activated stays so.
        if account.password != nil { account.passwordVersion &+= 1 }
        account.password = nil
        account.resets = []
        account.sessions = []
        account.version &+= 1
        return account
    }
}
