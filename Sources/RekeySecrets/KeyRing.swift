// The keys that everything secret is minted from or keyed with. rekeyd loads one at start and lends
// it to the minters and the password hasher; it lives outside the data directory. Reading and
// writing its file is KeyRing+File.swift's, the text in it KeyRing+Text.swift's, new and retired keys
// KeyRing+Rotation.swift's.

public import RekeyCore

/// All keys of an installation, by purpose. Never changes: a rotation makes a new ring.
public final class KeyRing: Sendable {
    /// Oldest first, and never empty.
    private let keys: [KeyPurpose: [MACKey]]

    /// - Parameter keys: oldest first; every purpose has at least one.
    init(_ keys: [KeyPurpose: [MACKey]]) {
        precondition(KeyPurpose.allCases.allSatisfy { keys[$0]?.isEmpty == false })
        self.keys = keys
    }

    /// A ring of new keys, one a purpose.
    ///
    /// - Parameter now: when they are made, for `list`; nil where nobody will ask.
    public convenience init(randomness: some Randomness, now: Timestamp? = nil) {
        self.init(
            Dictionary(
                uniqueKeysWithValues: KeyPurpose.allCases.map { purpose in
                    (purpose, [MACKey(id: 1, madeAt: now, randomness: randomness)])
                }))
    }

    /// All keys of a purpose, oldest first.
    func all(_ purpose: KeyPurpose) -> [MACKey] { keys[purpose, default: []] }

    /// The key that new things of a purpose are made with.
    func current(_ purpose: KeyPurpose) -> MACKey {
        guard let key = keys[purpose]?.last else {
            preconditionFailure("a ring has a key for every purpose")
        }
        return key
    }

    /// HMAC-SHA-256 of `bytes` under the current key of a purpose: 32 bytes.
    ///
    /// For what has no minter of its own: the audit chain, keys of limits (R90), fingerprints.
    /// - Parameter label: what the hash is for; ends in NUL and holds no other.
    public func keyedHash(
        of bytes: some Collection<UInt8>, label: StaticString, purpose: KeyPurpose
    ) -> [UInt8] {
        let key = current(purpose)
        func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
            key.withTag(label, UnsafeRawBufferPointer(bytes)) { Array($0) }
        }
        // Without a copy where there can be: nobody would erase it.
        return bytes.withContiguousStorageIfAvailable(hash)
            ?? Array(bytes).withUnsafeBufferPointer(hash)
    }

    /// The subject of an identifier: the first 16 bytes of its keyed hash (R05, R89, R90).
    public func subjectID(of identifier: CanonicalIdentifier) -> SubjectID {
        identifier.utf8.withUnsafeBytes { bytes in
            current(.identifier).withTag("rekey/subject\0", bytes) {
                SubjectID(rawValue: $0.loadUInt128(at: 0))
            }
        }
    }

    /// What a store keeps to recognise its ring: 32 bytes that tell nothing about a key.
    ///
    /// It depends on the keys that do not rotate, so it outlives a rotation, and a ring with
    /// another check, identifier or audit key has another one.
    public var storeTag: [UInt8] {
        let witnesses = [KeyPurpose.identifier, .audit].flatMap {
            keyedHash(of: [], label: "rekey/witness\0", purpose: $0)
        }
        return keyedHash(of: witnesses, label: "rekey/store\0", purpose: .check)
    }
}

extension KeyRing: CustomStringConvertible, CustomReflectable {
    public var description: String { "<key ring>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
