// One key of the ring, ready for use. Only KeyRing makes one.

import Crypto
import RekeyCore

/// A key of HMAC-SHA-256 (RFC 2104) that has absorbed its key block, so that a tag costs two
/// compressions and not four.
struct MACKey: Sendable {
    /// Its number within its purpose.
    let id: UInt32
    /// 32 bytes; only what writes a key file looks at them.
    let bytes: Secret
    private let prepared: HMAC<SHA256>

    static let byteCount = 32

    init(id: UInt32, bytes: Secret) {
        precondition(bytes.count == Self.byteCount)
        self.id = id
        self.bytes = bytes
        prepared = bytes.withBytes { HMAC(key: SymmetricKey(data: $0)) }
    }

    /// Lends the 32-byte tag of `message` under `label`.
    ///
    /// A label ends in NUL and holds no other, so no label is the front of another one. Up to 55
    /// bytes, the two together cost one compression inside.
    func withTag<Result>(
        _ label: StaticString, _ message: UnsafeRawBufferPointer,
        _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        var mac = prepared
        let front = UnsafeRawBufferPointer(
            start: label.utf8Start, count: label.utf8CodeUnitCount)
        mac.update(data: front)
        mac.update(data: message)
        return mac.finalize().withUnsafeBytes(body)
    }
}

// The prepared state is as good as the key: keep it from `dump` and string interpolation.
extension MACKey: CustomStringConvertible, CustomReflectable {
    var description: String { "<key \(id)>" }
    var customMirror: Mirror { Mirror(self, children: []) }
}
