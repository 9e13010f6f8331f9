// Password records: made, judged, and made up for who has none. Only jobs of HashingPool come in,
// since each computation takes milliseconds and megabytes; nothing here waits or writes.

import CSodium
public import RekeyCore

/// argon2id over HMAC-SHA-256(pepper, password in NFC) (R43, R47).
public struct PasswordHasher: Sendable {
    private let ring: KeyRing
    private let randomness: any Randomness

    public init(_ ring: KeyRing, randomness: any Randomness) {
        self.ring = ring
        self.randomness = randomness
    }

    /// A new record under the current pepper, with a salt of its own (R44).
    public func hash(
        _ password: NormalizedPassword, cost: HashCost
    ) throws(PasswordHasherError) -> PasswordRecord {
        guard cost.isAcceptable else { throw .costOutOfBounds }
        let pepper = ring.current(.pepper)
        let salt = randomness.bytes(Argon2id.saltByteCount)
        let tag = try withTag(of: password, pepper: pepper, salt: salt, cost: cost) { Array($0) }
        return PasswordRecord(cost: cost, pepper: pepper.id, salt: salt, tag: tag)
    }

    /// Whether the record was made from this password; compares in constant time (R32).
    ///
    /// A record that asks for too much or too little, or is damaged, is refused before any work
    /// (R46).
    public func verify(
        _ password: NormalizedPassword, against record: PasswordRecord
    ) throws(PasswordHasherError) -> Bool {
        guard record.cost.isAcceptable else { throw .costOutOfBounds }
        guard record.salt.count == Argon2id.saltByteCount,
            record.tag.count == Argon2id.tagByteCount
        else { throw .damagedRecord }
        guard let pepper = ring.all(.pepper).first(where: { $0.id == record.pepper }) else {
            throw .pepperUnknown(record.pepper)
        }
        return try withTag(of: password, pepper: pepper, salt: record.salt, cost: record.cost) {
            tag in record.tag.withUnsafeBytes { $0.isEqual(to: tag) }
        }
    }

    /// Whether a login that succeeded against `record` should hash again (R45): it costs less than
    /// `cost`, or its pepper is not the current one.
    public func isOutdated(_ record: PasswordRecord, cost: HashCost) -> Bool {
        record.cost.isBelow(cost) || record.pepper != ring.current(.pepper).id
    }

    /// A record that no password matches, for a subject without account (R51): the same at every
    /// call, as costly as a real one.
    ///
    /// - Parameters:
    ///   - recipes: how many records of the store were made in which way; the stand-in's cost is chosen
    ///     among theirs with these weights, by keyed hash.
    ///   - cost: its cost where there are none.
    public func standIn(
        for subject: SubjectID, among recipes: [PasswordRecord.Recipe: Int],
        otherwise cost: HashCost
    ) -> PasswordRecord {
        let drawn = ring.keyedHash(
            of: subject.bytes, label: "rekey/stand-in\0", purpose: .identifier)
        let tag = ring.keyedHash(of: drawn, label: "rekey/stand-in-tag\0", purpose: .identifier)
        let salt = Array(drawn.prefix(Argon2id.saltByteCount))
        let draw = drawn.withUnsafeBytes {
            UInt64(truncatingIfNeeded: $0.loadUInt128(at: salt.count))
        }
        return PasswordRecord(
            cost: Self.choice(among: recipes, by: draw) ?? cost,
            pepper: ring.current(.pepper).id, salt: salt, tag: tag)
    }

    /// One of the costs with the probability of its weight, for a uniform `draw`; nil where none has
    /// a weight.
    ///
    /// The cheapest come first, and a draw keeps its place among them whatever the total is: as records
    /// move to a higher cost, a stand-in does so once, as an account does at its next login.
    private static func choice(
        among recipes: [PasswordRecord.Recipe: Int], by draw: UInt64
    ) -> HashCost? {
        // A damaged one, which nobody is held against, is no choice.
        let usable = recipes.filter { $0.key.cost.isAcceptable }
        let total = usable.values.reduce(0, +)
        var rest = Int(draw.multipliedFullWidth(by: UInt64(total)).high)
        let ordered = usable.map { (cost: $0.key.cost, weight: $0.value) }.sorted {
            ($0.cost.memoryKiB, $0.cost.passes) < ($1.cost.memoryKiB, $1.cost.passes)
        }
        for (cost, weight) in ordered {
            if rest < weight { return cost }
            rest -= weight
        }
        return nil
    }

    private func withTag<Result>(
        of password: NormalizedPassword, pepper: MACKey, salt: [UInt8], cost: HashCost,
        _ body: (UnsafeRawBufferPointer) -> Result
    ) throws(PasswordHasherError) -> Result {
        try withScratch(2 * Argon2id.tagByteCount) { buffer throws(PasswordHasherError) in
            let input = buffer.slice(0, Argon2id.tagByteCount)
            let tag = buffer.slice(Argon2id.tagByteCount, buffer.count)
            password.secret.withBytes { bytes in
                pepper.withTag("rekey/pepper\0", bytes) { input.copyMemory(from: $0) }
            }
            guard
                Argon2id.derive(tag, from: UnsafeRawBufferPointer(input), salt: salt, cost: cost)
            else { throw .outOfMemory }
            return body(UnsafeRawBufferPointer(tag))
        }
    }
}
