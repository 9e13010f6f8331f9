// The one call into libsodium's argon2id. PasswordHasher alone comes in.

import CSodium
import RekeyCore

#if TEETH
    import Glibc
#endif

/// argon2id, version 0x13, one lane, without secret and associated data (RFC 9106).
enum Argon2id {
    static let saltByteCount = 16
    static let tagByteCount = 32

    /// Picks the fastest implementation that this processor has, once.
    private static let isReady = sodium_init() >= 0

    /// Fills `tag`; false when the memory could not be had.
    ///
    /// Takes milliseconds and `cost.memoryKiB` of memory: never call it from an event loop.
    /// - Parameter salt: `saltByteCount` bytes.
    static func derive(
        _ tag: UnsafeMutableRawBufferPointer, from input: UnsafeRawBufferPointer, salt: [UInt8],
        cost: HashCost
    ) -> Bool {
        precondition(isReady && salt.count == saltByteCount)
        let cost = spent(on: cost)
        return crypto_pwhash(
            tag.pointer(as: UInt8.self), UInt64(tag.count),
            input.pointer(as: CChar.self), UInt64(input.count),
            salt, UInt64(cost.passes), Int(cost.memoryKiB) * 1024,
            crypto_pwhash_ALG_ARGON2ID13) == 0
    }

    #if TEETH
        /// With `REKEY_TEST_HASH=least` a build for tests computes the least there is, whatever the cost says:
        /// what is around a hash can be timed only where the hash does not hide it.
        private static let isLeast =
            getenv("REKEY_TEST_HASH").map { String(cString: $0) } == "least"

        private static func spent(on cost: HashCost) -> HashCost {
            isLeast ? HashCost(memoryKiB: 8, passes: 1) : cost
        }
    #else
        private static func spent(on cost: HashCost) -> HashCost { cost }
    #endif
}
