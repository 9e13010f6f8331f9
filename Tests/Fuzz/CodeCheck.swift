// The oracle of activation codes: what somebody presents proves a code if it is that code, byte for
// byte, and nothing else does (R23).
import RekeyCore
import RekeySecrets

enum CodeCheck {
    /// All of the input is what is presented.
    static func run(_ input: inout FuzzInput) {
        let presented = Array(input.rest)
        let proven = minter.provenGenerations(
            by: Secret(presented), subject, reset, upTo: generations - 1)
        var expected: UInt64 = 0
        for code in codes where code.bytes == presented {
            expected |= 1 << UInt64(code.generation)
        }
        guard proven == expected else {
            broken("bytes prove the codes that they are, and no other (R23)")
        }
    }

    /// Each code, and what is nearly one: in the other case, full-width, twice, too short, the wrong
    /// way round, with something around it.
    static var seeds: [[UInt8]] {
        var seeds: [[UInt8]] = []
        for code in codes.map(\.bytes) {
            seeds.append(code)
            seeds.append(code.map { $0 ^ 0x20 })
            seeds.append(code.flatMap(fullWidth))
            seeds.append(code + code)
            seeds.append(Array(code.dropLast()))
            seeds.append(Array(code.reversed()))
            for byte: UInt8 in [0, 0x0A, 0x20] { seeds += [[byte] + code, code + [byte]] }
        }
        return seeds
    }

    /// U+FF21 for "A", in UTF-8.
    private static func fullWidth(_ byte: UInt8) -> [UInt8] {
        let scalar = 0xFEE0 + Int(byte)
        return [0xEF, UInt8(0x80 | scalar >> 6 & 0x3F), UInt8(0x80 | scalar & 0x3F)]
    }

    // MARK: One reset, in a ring that has an old key

    private struct Repeating: Randomness {
        let byte: UInt8

        func bytes(_ count: Int) -> [UInt8] { [UInt8](repeating: byte, count: count) }
    }

    private static let subject = SubjectID(rawValue: 1)
    private static let reset = ResetID(rawValue: 2)
    private static let generations = 4

    private static let before = KeyRing(randomness: Repeating(byte: 1))

    private static let after: KeyRing = {
        guard
            let ring = try? before.rotated(
                .code, randomness: Repeating(byte: 2), now: Timestamp(milliseconds: 0))
        else { broken("a key of codes is followed by another") }
        return ring
    }()

    private static let minter = CodeMinter(after)

    /// Under either key, by generation.
    private static let codes: [(generation: Int, bytes: [UInt8])] = {
        var codes: [(generation: Int, bytes: [UInt8])] = []
        for ring in [before, after] {
            let minter = CodeMinter(ring)
            for generation in 0..<generations {
                let code = minter.mint(subject, reset, generation: generation)
                codes.append((generation, code.withBytes { Array($0) }))
            }
        }
        return codes
    }()
}
