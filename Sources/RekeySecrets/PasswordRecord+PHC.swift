// Password records as PHC strings, the form in which they are exported and imported (R43).
//
//     $argon2id$v=19$m=19456,t=2,p=1,keyid=AAAAAQ$<salt>$<tag>
//
// The PHC string format with the parameters of argon2id in their order. `keyid` is the number of
// the pepper, 4 bytes big-endian. Binary is base64 without padding: 6, 22 and 43 characters. The
// password goes into argon2id as HMAC-SHA-256(pepper, "rekey/pepper" ‖ NUL ‖ password in NFC), which
// the format cannot say: elsewhere the string is of use only with the pepper.

public import RekeyCore

/// Why a text is not a password record of ours. Says nothing of the text.
public enum PHCError: Error, Equatable, Sendable {
    /// Not the form above, character by character.
    case malformed
    /// Well formed, and below the floor or above the ceiling of the cost (R46).
    case costOutOfBounds
}

extension PasswordRecord {
    /// The record as a PHC string; salt and tag of a record of ours have 16 and 32 bytes.
    public var phc: String {
        let number = withUnsafeBytes(of: pepper.bigEndian) { Array($0) }
        return "$argon2id$v=19$m=\(cost.memoryKiB),t=\(cost.passes),p=1"
            + ",keyid=\(Self.base64(number))$\(Self.base64(salt))$\(Self.base64(tag))"
    }

    /// Reads what `phc` writes, and no other spelling of it: no other order, no padding, no leading
    /// zeros. Does no work that the text could make long.
    public init(phc text: String) throws(PHCError) {
        guard text.utf8.count <= 160 else { throw .malformed }
        let fields = text.utf8.split(
            separator: UInt8(ascii: "$"), omittingEmptySubsequences: false)
        guard fields.count == 6, fields[0].isEmpty, fields[1].elementsEqual("argon2id".utf8),
            fields[2].elementsEqual("v=19".utf8)
        else { throw .malformed }
        let values = fields[3].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard values.count == 4,
            let memoryKiB = Self.value("m=", values[0]).flatMap(UInt32.init(strictDecimal:)),
            let passes = Self.value("t=", values[1]).flatMap(UInt32.init(strictDecimal:)),
            values[2].elementsEqual("p=1".utf8),
            let number = Self.value("keyid=", values[3]).flatMap({ Self.bytes($0, count: 4) }),
            let salt = Self.bytes(fields[4], count: Argon2id.saltByteCount),
            let tag = Self.bytes(fields[5], count: Argon2id.tagByteCount)
        else { throw .malformed }
        let cost = HashCost(memoryKiB: memoryKiB, passes: passes)
        guard cost.isAcceptable else { throw .costOutOfBounds }
        let pepper = number.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        self.init(cost: cost, pepper: pepper, salt: salt, tag: tag)
    }

    private static func value(_ name: String, _ field: Substring.UTF8View) -> Substring.UTF8View? {
        field.starts(with: name.utf8) ? field.dropFirst(name.utf8.count) : nil
    }

    private static func bytes(_ text: Substring.UTF8View, count: Int) -> [UInt8]? {
        withScratch(count) { bytes in
            let isDecoded = Array(text).withUnsafeBytes { Base64.standard.decode($0, into: bytes) }
            return isDecoded ? Array(bytes) : nil
        }
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        Secret(bytes).withBase64(.standard) { String(decoding: $0, as: UTF8.self) }
    }
}
