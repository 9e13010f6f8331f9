/// When a call may be made again although its first outcome is not known.
public enum Repeatability: UInt32, Sendable {
    /// At will: it changes nothing.
    case freely = 1
    /// With the idempotency key of the first.
    case withKey
    /// Not without looking first.
    case never
}
