// What an activation code looks like, and how it is drawn. CodeMinter alone comes in.

import RekeyCore

/// Five characters of 56 symbols: 29 bits, safe only under the caps on guesses (R22, R26, R27).
public enum ActivationCode {
    /// Characters in a code, each one byte.
    public static let length = 5

    /// Both cases and the digits, without 0, O and o, and without 1, I and l: within each of the
    /// two groups somebody who copies a code from a telephone cannot tell one from another. Other
    /// letters whose cases look alike stay, since the two are of different size.
    public static let alphabet: StaticString =
        "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz"

    private static let symbolCount: UInt8 = 56
    /// The largest multiple of `symbolCount` that a byte can count to: what is above it is thrown
    /// away, so that every symbol comes up for exactly 4 bytes.
    private static let acceptedMax: UInt8 = 224

    /// Writes the code of one generation of a reset into `code`, which has room for `length`.
    ///
    /// Symbols come from the bytes of HMAC-SHA-256(key, subject ‖ reset ‖ generation ‖ counter),
    /// front to back, those from 224 up rejected. 32 bytes suffice but for one code in some
    /// 10²¹; the counter is for that one.
    static func draw(
        into code: UnsafeMutableRawBufferPointer, under key: MACKey,
        _ subject: SubjectID, _ reset: ResetID, generation: UInt32
    ) {
        withScratch(40) { message in
            message.store(subject.rawValue, at: 0)
            message.store(reset.rawValue, at: 16)
            message.store(generation, at: 32)
            var drawn = 0
            var counter: UInt32 = 0
            while drawn < length {
                message.store(counter, at: 36)
                key.withTag("rekey/code\0", UnsafeRawBufferPointer(message)) { bytes in
                    for byte in bytes where byte < acceptedMax {
                        if drawn == length { break }
                        code[drawn] = alphabet.utf8Start[Int(byte % symbolCount)]
                        drawn += 1
                    }
                }
                counter += 1
            }
        }
    }
}
