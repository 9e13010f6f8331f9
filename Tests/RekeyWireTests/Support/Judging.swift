// What our side says to bytes.

import CProtobufC
import RekeyCore
import RekeyWire

/// What the scan finds wrong with the bytes; nil when it lets them through.
func fault(_ bytes: [UInt8], as descriptor: Descriptor) -> String? {
    bytes.withUnsafeBytes { bytes -> String? in
        do throws(WireFault) {
            try WireScan.check(bytes, as: descriptor)
            return nil
        } catch {
            return error.description
        }
    }
}

/// The value's bytes, as they travel.
func encoded(_ value: some WireMessage) -> [UInt8] {
    let arena = Arena()
    return arena.scope(budget: Arena.packingBudget) { Array(arena.encode(value)) }
}

/// Decodes within what a server grants a request of this length, and hands the value over while
/// the arena still holds what it may point to.
func decoding<Value: WireMessage, Result>(
    _: Value.Type, _ bytes: [UInt8], _ body: (Value) throws -> Result
) throws -> Result {
    let arena = Arena()
    return try bytes.withUnsafeBytes { bytes in
        try arena.scope(budget: Arena.requestBudget(bytes.count)) {
            try body(try arena.decode(Value.self, from: bytes))
        }
    }
}

/// The refusal that decoding ends in; nil when it succeeds.
func refusal<Value: WireMessage>(_: Value.Type, _ bytes: [UInt8]) -> Refusal? {
    let arena = Arena()
    return bytes.withUnsafeBytes { bytes -> Refusal? in
        arena.scope(budget: Arena.requestBudget(bytes.count)) {
            do throws(Refusal) {
                _ = try arena.decode(Value.self, from: bytes)
                return nil
            } catch {
                return error
            }
        }
    }
}
