// Why a password could not be hashed or judged.

/// Why a password could not be hashed or judged: for the operator, not for the caller of an RPC.
public enum PasswordHasherError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The cost is below the floor or above the ceiling (R46, R80).
    case costOutOfBounds
    /// The record's salt or tag has a wrong size.
    case damagedRecord
    /// The record was made with a pepper that the ring does not hold: its number.
    case pepperUnknown(UInt32)
    /// The memory that the cost asks for could not be had.
    case outOfMemory

    /// Of a record that no password can be held against. A login that meets one fails like any other,
    /// after as much work.
    public var isOfRecord: Bool { self != .outOfMemory }

    public var description: String {
        switch self {
        case .costOutOfBounds:
            "a hash cost is out of bounds; correct the setting, or restore the damaged record"
        case .damagedRecord: "a password record is damaged; restore it from a copy"
        case .pepperUnknown(let number):
            "the key ring lacks pepper \(number); restore it, or let the account recover"
        case .outOfMemory:
            "argon2id got no memory; lower the hashing threads or the memory cost, or add memory"
        }
    }
}
