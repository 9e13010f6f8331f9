public import RekeyCore
public import RekeyWire

// Replies are kept in the form that they have on the wire.
extension RequestReset.Reply: Storable {}
extension ResendCode.Reply: Storable {}
extension Nothing: Storable {}
extension AccountSummary: Storable {}
extension RevokeSessions.Reply: Storable {}

extension Storable where Self: WireMessage {
    public init?(stored bytes: [UInt8]) {
        let arena = Arena()
        let value = bytes.withUnsafeBytes { bytes in
            try? arena.scope(budget: Arena.packingBudget) {
                try arena.decode(Self.self, from: bytes)
            }
        }
        guard let value else { return nil }
        self = value
    }

    public var stored: [UInt8] {
        let arena = Arena()
        return arena.scope(budget: Arena.packingBudget) { Array(arena.encode(self)) }
    }
}
