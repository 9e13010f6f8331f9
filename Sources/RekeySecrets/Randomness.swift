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

    private func identifier<ID: Identifier128>() -> ID {
        ID(rawValue: bytes(16).reduce(0) { $0 << 8 | UInt128($1) })
    }
}
