// Why a key was not made or not retired, told to an operator.

public import RekeyCore

/// Why a ring was left as it is.
public enum KeyChangeError: Error, Equatable, Sendable {
    /// Only its loss replaces a key of this purpose.
    case doesNotRotate(KeyPurpose)
    /// The current key has the largest number that there is.
    case numbersUsedUp(KeyPurpose)
    case unknown(KeyPurpose, UInt32)
    /// New things are made under it.
    case current(KeyPurpose, UInt32)
    /// Something made under it may be good until then.
    case tooEarly(KeyPurpose, UInt32, from: Timestamp)
    /// Nobody knows since when nothing is made under it.
    case undated(KeyPurpose, UInt32)
    /// So many passwords were hashed with this pepper.
    case named(UInt32, by: Int)
}
