// Base64 without padding, for links, session tokens, key files and exported password records.

import CSodium
import RekeyCore

/// Base64 without padding (RFC 4648), in time that does not depend on what is written.
///
/// Only one spelling is read: no padding, no line end, and the unused bits of the last character
/// are zero (section 3.5).
enum Base64 {
    /// RFC 4648, section 5.
    case url
    /// RFC 4648, section 4, as the PHC string format wants it.
    case standard

    /// How many characters `byteCount` bytes take.
    static func length(of byteCount: Int) -> Int { (byteCount * 4 + 2) / 3 }

    /// Writes `bytes` into the front of `text`, which has room for one byte more than
    /// `length(of:)`: the library ends what it writes with a zero.
    func encode(_ bytes: UnsafeRawBufferPointer, into text: UnsafeMutableRawBufferPointer) {
        precondition(text.count > Self.length(of: bytes.count))
        sodium_bin2base64(
            text.pointer(as: CChar.self), text.count,
            bytes.pointer(as: UInt8.self), bytes.count, variant)
    }

    /// Whether `text` is the one spelling of `bytes.count` bytes, which then stand in `bytes`.
    func decode(
        _ text: UnsafeRawBufferPointer, into bytes: UnsafeMutableRawBufferPointer
    ) -> Bool {
        // libsodium 1.0.18 takes 0xDF for `_` and 0xAD for `-`: it compares as signed characters.
        guard text.count == Self.length(of: bytes.count), text.reduce(0, |) < 0x80 else {
            return false
        }
        var written = 0
        let status = sodium_base642bin(
            bytes.pointer(as: UInt8.self), bytes.count,
            text.pointer(as: CChar.self), text.count,
            nil, &written, nil, variant)
        return status == 0 && written == bytes.count
    }

    private var variant: CInt {
        switch self {
        case .url: sodium_base64_VARIANT_URLSAFE_NO_PADDING
        case .standard: sodium_base64_VARIANT_ORIGINAL_NO_PADDING
        }
    }
}

extension Secret {
    /// Lends the secret's bytes in base64, and erases the text afterwards.
    func withBase64<Result>(
        _ base64: Base64, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        withBytes { bytes in
            let length = Base64.length(of: bytes.count)
            return withScratch(length + 1) { text in
                base64.encode(bytes, into: text)
                return body(UnsafeRawBufferPointer(text).slice(0, length))
            }
        }
    }
}
