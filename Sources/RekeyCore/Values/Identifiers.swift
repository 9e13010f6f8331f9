/// What the identifiers of subjects, resets, sessions and letters share: 128 bits, ordered as their
/// 16 big-endian bytes. Distinct types, so that one cannot be passed for another.
public protocol Identifier128: RawRepresentable, Hashable, Comparable, Sendable,
    CustomStringConvertible
where RawValue == UInt128 {
    init(rawValue: UInt128)
}

extension Identifier128 {
    /// From exactly 16 bytes, most significant first; nil for any other count.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        self.init(rawValue: bytes.reduce(0) { $0 << 8 | UInt128($1) })
    }

    /// From 32 hexadecimal digits, as `description` prints them; nil for anything else.
    public init?(hexadecimal text: String) {
        guard text.utf8.count == 32, !text.utf8.starts(with: "+".utf8),
            !text.utf8.starts(with: "-".utf8),
            let value = UInt128(text, radix: 16)
        else { return nil }
        self.init(rawValue: value)
    }

    /// The 16 bytes, most significant first.
    public var bytes: [UInt8] {
        (0..<16).map { UInt8(truncatingIfNeeded: rawValue >> (8 * (15 - $0))) }
    }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// 32 hexadecimal digits.
    public var description: String {
        let digits = String(rawValue, radix: 16)
        return String(repeating: "0", count: 32 - digits.utf8.count) + digits
    }
}

/// The row under the keyed hash of a canonical identifier (R05, R90).
public struct SubjectID: Identifier128 {
    public let rawValue: UInt128
    public init(rawValue: UInt128) { self.rawValue = rawValue }
}

/// One reset: what its link and its codes are minted from. 16 random bytes (R12).
public struct ResetID: Identifier128 {
    public let rawValue: UInt128
    public init(rawValue: UInt128) { self.rawValue = rawValue }
}

/// One session: what its token is minted from. 16 random bytes (R58).
public struct SessionID: Identifier128 {
    public let rawValue: UInt128
    public init(rawValue: UInt128) { self.rawValue = rawValue }
}

/// One letter, the same at every attempt to send it. 16 random bytes.
public struct LetterID: Identifier128 {
    public let rawValue: UInt128
    public init(rawValue: UInt128) { self.rawValue = rawValue }
}
