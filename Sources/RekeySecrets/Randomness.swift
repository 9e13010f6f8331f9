// Where unpredictable bytes come from. The service draws ids here and PasswordHasher its salts;
// a test brings its own source, so that a run can be replayed. Touches nothing but the kernel's
// generator.

public import RekeyCore

/// A source of bytes that nobody can predict: the seam between the service and chance.
public protocol Randomness: Sendable {
    /// Exactly `count` bytes; `count` is not negative. Never fails: without randomness there is
    /// no service.
    func bytes(_ count: Int) -> [UInt8]
}

extension Randomness {
    /// A new reset (R12).
    public func resetID() -> ResetID { identifier() }

    /// A new session (R58).
    public func sessionID() -> SessionID { identifier() }

    /// A new letter.
    public func letterID() -> LetterID { identifier() }

    /// A new reset and its letters, for the price of one draw.
    public func resetWithLetters() -> (reset: ResetID, letters: LetterPair) {
        let bytes = bytes(48)
        return (
            identifier(bytes[..<16]),
            LetterPair(identifier(bytes[16..<32]), identifier(bytes[32...]))
        )
    }

    private func identifier<ID: Identifier128>() -> ID { identifier(bytes(16)[...]) }

    private func identifier<ID: Identifier128>(_ bytes: ArraySlice<UInt8>) -> ID {
        ID(rawValue: bytes.reduce(0) { $0 << 8 | UInt128($1) })
    }
}
