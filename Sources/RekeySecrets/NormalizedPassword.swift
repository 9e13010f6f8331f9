// A password as it is measured and hashed. The service makes one from what came over the wire;
// PasswordHasher takes nothing else, so that no password is hashed in another form.

public import RekeyCore

/// A password in Normalization Form C, and nothing else done to it (R38, R39).
public struct NormalizedPassword: Sendable {
    /// Why bytes are not a password.
    public enum Failure: Error, Equatable, Sendable {
        /// They are not UTF-8; told to who sent them.
        case invalidUTF8
    }

    /// The UTF-8 of the normalized password; its count is what R37's cap counts.
    public let secret: Secret
    /// Unicode code points, which R35's minimum counts (R36).
    public let codePointCount: Int

    /// - Parameter utf8: the password as sent; any code points, NUL too.
    ///
    /// One that is in NFC already, as nearly all are, leaves no copy behind. For the others the
    /// normalizer works on copies of its own, which nobody can erase.
    public init(_ utf8: Secret) throws(Failure) {
        switch utf8.withBytes(UnicodeText.isNFC) {
        case nil: throw .invalidUTF8
        case true?: secret = utf8
        case false?:
            let text = utf8.withBytes { String(decoding: $0, as: UTF8.self) }
            secret = Secret(UnicodeText.nfc(text).utf8)
        }
        codePointCount = secret.withBytes { bytes in
            bytes.count { $0 & 0b1100_0000 != 0b1000_0000 }
        }
    }
}
