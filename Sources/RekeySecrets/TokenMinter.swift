// Links and session tokens: made from two ids and a key, so that no store holds one. The service
// mints when a letter is written or a login succeeds, and opens before it looks anything up (R21).
// Touches nothing but the key ring.
//
// A token is base64url without padding (RFC 4648, section 5) of 53 bytes: 71 characters.
//
//     offset  size
//          0     1  version: 1
//          1     4  number of the key, big-endian
//          5    16  subject
//         21    16  reset or session: 128 random bits (R12, R58)
//         37    16  front of HMAC-SHA-256(key, label ‖ bytes 0..<37)
//
// Valid if and only if it is the one spelling of its bytes, the version is 1, the ring holds the
// key, and the last 16 bytes are those that the key gives.

public import RekeyCore

/// What links of resets are made and judged by.
public typealias LinkMinter = TokenMinter<ResetID>
/// What session tokens are made and judged by.
public typealias SessionMinter = TokenMinter<SessionID>

/// Makes and judges the tokens of one purpose.
public struct TokenMinter<ID: Identifier128>: Sendable {
    private let keys: [MACKey]
    private let label: StaticString

    private init(_ keys: [MACKey], label: StaticString) {
        self.keys = keys
        self.label = label
    }

    /// The token of a subject and one of its resets or sessions, under the current key.
    public func mint(_ subject: SubjectID, _ id: ID) -> Secret {
        let key = keys[keys.count - 1]
        return withScratch(TokenLayout.byteCount + TokenLayout.length + 1) { buffer in
            let token = buffer.slice(0, TokenLayout.byteCount)
            let text = buffer.slice(TokenLayout.byteCount, buffer.count)
            token.store(TokenLayout.version, at: 0)
            token.store(key.id, at: TokenLayout.key)
            token.store(subject.rawValue, at: TokenLayout.subject)
            token.store(id.rawValue, at: TokenLayout.id)
            key.withTag(label, UnsafeRawBufferPointer(token).slice(0, TokenLayout.tag)) { tag in
                token.slice(TokenLayout.tag, TokenLayout.byteCount)
                    .copyMemory(from: tag.slice(0, TokenLayout.tagByteCount))
            }
            Base64.url.encode(UnsafeRawBufferPointer(token), into: text)
            return Secret(UnsafeRawBufferPointer(text).slice(0, TokenLayout.length))
        }
    }

    /// What a token was made from, or nil when no key of the ring made it.
    ///
    /// Compares in constant time (R32); a nil says nothing but "forged".
    fileprivate func opened(_ token: Secret) -> (subject: SubjectID, id: ID)? {
        token.withBytes { text in
            withScratch(TokenLayout.byteCount) { buffer in
                guard Base64.url.decode(text, into: buffer) else { return nil }
                let token = UnsafeRawBufferPointer(buffer)
                let keyID = UInt32(
                    bigEndian: token.loadUnaligned(
                        fromByteOffset: TokenLayout.key, as: UInt32.self))
                guard token[0] == TokenLayout.version,
                    let index = keys.firstIndex(where: { $0.id == keyID })
                else { return nil }
                let presented = token.slice(TokenLayout.tag, TokenLayout.byteCount)
                let proven = keys[index].withTag(label, token.slice(0, TokenLayout.tag)) {
                    $0.slice(0, TokenLayout.tagByteCount).isEqual(to: presented)
                }
                guard proven else { return nil }
                return (
                    SubjectID(rawValue: token.loadUInt128(at: TokenLayout.subject)),
                    ID(rawValue: token.loadUInt128(at: TokenLayout.id))
                )
            }
        }
    }
}

// Opening is on every call's way: each is compiled for its own ids here, where the generic one is known.

extension TokenMinter where ID == ResetID {
    /// What a link was minted from, or nil: forged. In constant time (R32).
    public func open(_ token: Secret) -> (subject: SubjectID, id: ID)? { opened(token) }

    /// Links, under the link keys of a ring.
    public init(_ ring: KeyRing) { self.init(ring.all(.link), label: "rekey/link\0") }
}

extension TokenMinter where ID == SessionID {
    /// What a session token was minted from, or nil: forged. In constant time (R32).
    public func open(_ token: Secret) -> (subject: SubjectID, id: ID)? { opened(token) }

    /// Session tokens, under the session keys of a ring.
    public init(_ ring: KeyRing) { self.init(ring.all(.session), label: "rekey/session\0") }
}

/// Offsets and sizes, in bytes; `length` in characters.
private enum TokenLayout {
    static let version: UInt8 = 1
    static let key = 1
    static let subject = 5
    static let id = 21
    static let tag = 37
    static let tagByteCount = 16
    static let byteCount = tag + tagByteCount
    static let length = Base64.length(of: byteCount)
}
