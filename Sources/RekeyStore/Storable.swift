/// A reply that can be kept under an idempotency key. Which ones can stands in `Records`.
public protocol Storable: Sendable {
    /// nil for bytes that this version cannot read.
    init?(stored bytes: [UInt8])

    var stored: [UInt8] { get }
}
