// One key of the ring, ready for use. Only KeyRing makes one.

import CSodium
import RekeyCore

/// A key of HMAC-SHA-256 (RFC 2104) that has absorbed its key block, so that a tag costs two
/// compressions and not four. libsodium's, since its state is a value: a tag takes no memory but the
/// stack's, and every link and session that is looked at takes one.
struct MACKey: Sendable {
    /// Its number within its purpose.
    let id: UInt32
    /// When it became the current one; nil when nobody wrote that down.
    let madeAt: Timestamp?
    /// 32 bytes; only what writes a key file looks at them.
    let bytes: Secret
    private let prepared: PreparedMAC

    static let byteCount = 32

    init(id: UInt32, madeAt: Timestamp? = nil, bytes: Secret) {
        precondition(bytes.count == Self.byteCount)
        self.id = id
        self.madeAt = madeAt
        self.bytes = bytes
        prepared = bytes.withBytes { PreparedMAC(key: $0) }
    }

    /// Lends the 32-byte tag of `message` under `label`.
    ///
    /// A label ends in NUL and holds no other, so no label is the front of another one. Up to 55
    /// bytes, the two together cost one compression inside.
    func withTag<Result>(
        _ label: StaticString, _ message: UnsafeRawBufferPointer,
        _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        var state = prepared.state.pointee
        defer { sodium_memzero(&state, MemoryLayout.size(ofValue: state)) }
        crypto_auth_hmacsha256_update(
            &state, label.utf8Start, UInt64(label.utf8CodeUnitCount))
        crypto_auth_hmacsha256_update(
            &state, message.baseAddress?.assumingMemoryBound(to: UInt8.self),
            UInt64(message.count))
        return withScratch(Int(crypto_auth_hmacsha256_BYTES)) { tag in
            crypto_auth_hmacsha256_final(&state, tag.pointer(as: UInt8.self))
            return body(UnsafeRawBufferPointer(tag))
        }
    }
}

/// The state behind the key block, erased when the last key that shares it goes. Unchecked, for nobody
/// writes it after `init`.
private final class PreparedMAC: @unchecked Sendable {
    let state = UnsafeMutablePointer<crypto_auth_hmacsha256_state>.allocate(capacity: 1)

    init(key: UnsafeRawBufferPointer) {
        crypto_auth_hmacsha256_init(state, key.pointer(as: UInt8.self), key.count)
    }

    deinit {
        sodium_memzero(state, MemoryLayout<crypto_auth_hmacsha256_state>.size)
        state.deallocate()
    }
}

// The prepared state is as good as the key: keep it from `dump` and string interpolation.
extension MACKey: CustomStringConvertible, CustomReflectable {
    var description: String { "<key \(id)>" }
    var customMirror: Mirror { Mirror(self, children: []) }
}

extension MACKey {
    /// A new key.
    init(id: UInt32, madeAt: Timestamp?, randomness: some Randomness) {
        var bytes = randomness.bytes(Self.byteCount)
        self.init(id: id, madeAt: madeAt, bytes: Secret(erasing: &bytes))
    }
}
