import RekeyCore

/// A caller's wish that a repeated call gets its first answer again instead of being done twice.
public struct IdempotencyKey: Hashable, Sendable {
    /// Whose key it is; a caller keeps at most 10,000, the oldest go first.
    public var caller: String
    /// 32 bytes: a keyed hash of caller and key.
    public var key: [UInt8]
    /// 32 bytes: a keyed hash of the call without its passwords (R94).
    public var fingerprint: [UInt8]

    /// How long an answer is kept …
    public static let life: Duration = .hours(1)
    /// … and how many of one caller.
    public static let perCallerMax = 10_000

    public init(caller: String, key: [UInt8], fingerprint: [UInt8]) {
        self.caller = caller
        self.key = key
        self.fingerprint = fingerprint
    }
}
