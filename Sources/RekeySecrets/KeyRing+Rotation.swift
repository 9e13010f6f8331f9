// New keys and the end of old ones. `rekeyd keys` comes in while no server runs: so from the instant
// of a rotation on nothing is made under the key before, and the time in the ring can be relied on.
// Touches no file.

public import RekeyCore

extension KeyRing {
    /// One key of a purpose, without its bytes.
    public struct Entry: Equatable, Sendable {
        public let number: UInt32
        /// nil for keys of a ring that did not write it down.
        public let madeAt: Timestamp?
        /// nil while it is the current key.
        public let end: End?
    }

    /// How a key stopped being the current one.
    public enum End: Equatable, Sendable {
        /// Nothing was made under it from here on.
        case since(Timestamp)
        /// Nobody wrote it down.
        case unknown
    }

    /// The longest that anything made under a key of a purpose lives: the ceilings of the policy for
    /// the links of resets, with which their codes end, for those that take a change of contacts or
    /// a deletion back, and for sessions. nil where lives have no end.
    public static func longestLife(of purpose: KeyPurpose) -> Duration? {
        switch purpose {
        case .link: max(Policy.linkLifeMax, Policy.contactHoldMax)
        case .code: Policy.linkLifeMax
        case .session: Policy.sessionLifeMax
        case .pepper, .identifier, .audit, .check: nil
        }
    }

    /// The keys of a purpose, oldest first; the last is the current one.
    public func entries(of purpose: KeyPurpose) -> [Entry] {
        let keys = all(purpose)
        return keys.indices.map { index in
            // A key is superseded when the next one is made, and not later than any after that.
            let later = keys[(index + 1)...]
            let end = later.lazy.compactMap(\.madeAt).first.map(End.since)
            return Entry(
                number: keys[index].id, madeAt: keys[index].madeAt,
                end: later.isEmpty ? nil : end ?? .unknown)
        }
    }

    /// This ring with a new current key of a purpose.
    public func rotated(
        _ purpose: KeyPurpose, randomness: some Randomness, now: Timestamp
    ) throws(KeyChangeError) -> KeyRing {
        guard purpose.rotates else { throw .doesNotRotate(purpose) }
        let (number, overflows) = current(purpose).id.addingReportingOverflow(1)
        guard !overflows else { throw .numbersUsedUp(purpose) }
        let key = MACKey(id: number, madeAt: now, randomness: randomness)
        return changing(purpose, to: all(purpose) + [key])
    }

    /// This ring without an old key.
    ///
    /// - Parameter recipes: how many password records were made in which way.
    public func retiring(
        _ purpose: KeyPurpose, _ number: UInt32, now: Timestamp,
        recipes: [PasswordRecord.Recipe: Int]
    ) throws(KeyChangeError) -> KeyRing {
        guard let entry = entries(of: purpose).first(where: { $0.number == number }) else {
            throw .unknown(purpose, number)
        }
        guard let end = entry.end else { throw .current(purpose, number) }
        if let life = Self.longestLife(of: purpose) {
            guard case .since(let instant) = end else { throw .undated(purpose, number) }
            guard now >= instant + life else {
                throw .tooEarly(purpose, number, from: instant + life)
            }
        }
        let named = recipes.reduce(0) { $0 + ($1.key.pepper == number ? $1.value : 0) }
        if purpose == .pepper, named > 0 { throw .named(number, by: named) }
        return changing(purpose, to: all(purpose).filter { $0.id != number })
    }

    /// The peppers that records name and this ring lacks: it is a copy from before they were made.
    public func missingPeppers(for recipes: [PasswordRecord.Recipe: Int]) -> [UInt32] {
        let peppers = Set(all(.pepper).map(\.id))
        return Set(recipes.keys.map(\.pepper)).subtracting(peppers).sorted()
    }

    /// The keys of this ring that a copy of it lacks: made after it was copied. In constant time.
    public func missing(in copy: KeyRing) -> [(purpose: KeyPurpose, number: UInt32)] {
        KeyPurpose.allCases.flatMap { purpose in
            all(purpose).filter { key in
                !copy.all(purpose).contains { $0.id == key.id && $0.bytes == key.bytes }
            }.map { (purpose, $0.id) }
        }
    }

    private func changing(_ purpose: KeyPurpose, to keys: [MACKey]) -> KeyRing {
        KeyRing(
            Dictionary(
                uniqueKeysWithValues: KeyPurpose.allCases.map {
                    ($0, $0 == purpose ? keys : all($0))
                }))
    }
}
