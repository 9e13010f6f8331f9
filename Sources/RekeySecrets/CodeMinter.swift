// Activation codes: minted again whenever an SMS is written, and proved when one is presented. The
// service comes in. Touches nothing but the key ring.

public import RekeyCore

/// Makes and judges activation codes.
///
/// A code belongs to a subject, a reset (R25) and a generation: 0 for the first code of a reset,
/// one more with each resend.
public struct CodeMinter: Sendable {
    private let keys: [MACKey]

    /// Codes under the code keys of a ring.
    public init(_ ring: KeyRing) { keys = ring.all(.code) }

    /// The code of a generation under the current key: `ActivationCode.length` ASCII characters.
    ///
    /// A letter that is sent again after a rotation carries another code than before; both prove
    /// as long as the older key is in the ring.
    public func mint(_ subject: SubjectID, _ reset: ResetID, generation: Int) -> Secret {
        withScratch(ActivationCode.length) { code in
            ActivationCode.draw(
                into: code, under: keys[keys.count - 1], subject, reset,
                generation: UInt32(generation))
            return Secret(UnsafeRawBufferPointer(code))
        }
    }

    /// Which generations of a reset a presented code proves: bit g for generation g.
    ///
    /// Byte for byte, nothing trimmed or folded (R23). The work is the same for whatever is
    /// presented: all generations from 0 to `generation` (at most 63) under all keys of the ring
    /// (R32).
    public func provenGenerations(
        by presented: Secret, _ subject: SubjectID, _ reset: ResetID, upTo generation: Int
    ) -> UInt64 {
        precondition((0..<UInt64.bitWidth).contains(generation))
        let length = ActivationCode.length
        return withScratch(2 * length) { buffer in
            let minted = buffer.slice(0, length)
            let candidate = buffer.slice(length, 2 * length)
            presented.withBytes { candidate.copyBytes(from: $0.prefix(length)) }
            let mask: UInt64 = presented.count == length ? .max : 0
            var proven: UInt64 = 0
            for key in keys {
                for number in 0...generation {
                    ActivationCode.draw(
                        into: minted, under: key, subject, reset, generation: UInt32(number))
                    let equal = UnsafeRawBufferPointer(minted)
                        .isEqual(to: UnsafeRawBufferPointer(candidate))
                    proven |= (equal ? 1 : 0) << UInt64(number)
                }
            }
            return proven & mask
        }
    }
}
