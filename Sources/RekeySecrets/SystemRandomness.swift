// The real source of randomness, for everything but tests.

import CSodium

/// The kernel's generator, by way of libsodium (`getrandom`).
public struct SystemRandomness: Randomness {
    public init() {}

    public func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        randombytes_buf(&bytes, count)
        return bytes
    }
}
