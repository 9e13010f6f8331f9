import RekeyCore
import RekeyTestSupport
import Testing

@testable import RekeySecrets

@Suite struct CodeMinterTests {
    private let minter = CodeMinter(knownRing())

    // Computed by another HMAC implementation (Python's hmac) from the drawing in ActivationCode.
    static let codes = ["U4BWY", "iF7b7", "E3YMr", "7kdjR"]

    private func proven(
        _ code: String, _ subject: SubjectID = knownSubject, _ reset: ResetID = knownReset,
        upTo generation: Int = 3
    ) -> UInt64 {
        minter.provenGenerations(by: Secret(code), subject, reset, upTo: generation)
    }

    @Test("codes are those that another implementation of the drawing gives")
    func knownAnswers() {
        let minted = (0..<4).map {
            minter.mint(knownSubject, knownReset, generation: $0).text
        }
        #expect(minted == Self.codes)
    }

    @Test("R22: the alphabet has 56 symbols of both cases and digits, and no look-alikes")
    func alphabet() {
        let symbols = Set("\(ActivationCode.alphabet)")
        #expect(symbols.count == 56 && ActivationCode.alphabet.utf8CodeUnitCount == 56)
        #expect(symbols.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) })
        #expect(symbols.isDisjoint(with: "0Oo1Il"))
        #expect(symbols.contains { $0.isUppercase } && symbols.contains { $0.isLowercase })
    }

    /// How often each byte stands at each position of a code: row 256 × position, column byte.
    private static func tally(_ resets: Range<Int>) -> [Int] {
        let key = knownKey(1, 22)
        var seen = [Int](repeating: 0, count: 5 * 256)
        seen.withUnsafeMutableBufferPointer { seen in
            withScratch(ActivationCode.length) { code in
                for reset in resets {
                    ActivationCode.draw(
                        into: code, under: key, knownSubject, ResetID(rawValue: UInt128(reset)),
                        generation: 0)
                    for position in 0..<5 { seen[position * 256 + Int(code[position])] += 1 }
                }
            }
        }
        return seen
    }

    @Test("R22: codes have 5 symbols, each uniform at each position (χ² over 1,000,000 codes)")
    func uniform() async {
        let (count, slice) = (1_000_000, 125_000)
        let seen = await withTaskGroup { group in
            for start in stride(from: 0, to: count, by: slice) {
                group.addTask { Self.tally(start..<start + slice) }
            }
            return await group.reduce([Int](repeating: 0, count: 5 * 256)) { sum, part in
                zip(sum, part).map(+)
            }
        }
        #expect(seen.reduce(0, +) == 5 * count)
        let alphabet = Set("\(ActivationCode.alphabet)".utf8)
        let expected = Double(count) / 56
        for position in 0..<5 {
            let row = seen[position * 256..<(position + 1) * 256]
            #expect(row.enumerated().allSatisfy { alphabet.contains(UInt8($0.0)) || $0.1 == 0 })
            let chiSquare = alphabet.reduce(0.0) { sum, symbol in
                let gap = Double(row[row.startIndex + Int(symbol)]) - expected
                return sum + gap * gap / expected
            }
            // 55 degrees of freedom: a fair draw is above 113 once in 100,000 times, and this one
            // is the same at every run.
            #expect(chiSquare < 113, "position \(position): \(chiSquare)")
            #expect(chiSquare > 20, "position \(position): \(chiSquare) is too even for chance")
        }
    }

    @Test("R34: a code proves its own generation and no other")
    func generations() {
        for (generation, code) in Self.codes.enumerated() {
            #expect(proven(code) == 1 << UInt64(generation))
        }
        #expect(proven(Self.codes[3], upTo: 2) == 0)
        let last = minter.mint(knownSubject, knownReset, generation: 63)
        #expect(
            minter.provenGenerations(by: last, knownSubject, knownReset, upTo: 63) == 1 << 63)
    }

    @Test("R23: another case, a space around, a full-width form or another length proves nothing")
    func variants() {
        let code = Self.codes[1]
        let fullWidth = String(
            String.UnicodeScalarView(
                code.unicodeScalars.map { Unicode.Scalar($0.value + 0xFEE0)! }))
        for variant in [
            code.uppercased(), code.lowercased(), " " + code, code + " ", code + "\n", code + "\0",
            "\u{FEFF}" + code, fullWidth, String(code.dropLast()), code + code, "", "\0\0\0\0\0",
        ] {
            #expect(variant != code)
            #expect(proven(variant) == 0, "\(variant)")
        }
    }

    @Test("R23: no byte of a code may be any other byte")
    func everyOtherByte() {
        for position in 0..<5 {
            for byte in UInt8.min...UInt8.max {
                var presented = Array(Self.codes[0].utf8)
                let isSame = presented[position] == byte
                presented[position] = byte
                let proven = minter.provenGenerations(
                    by: Secret(presented), knownSubject, knownReset, upTo: 0)
                #expect((proven == 1) == isSame)
            }
        }
    }

    @Test("R25: code A with link B proves nothing, nor B with A, nor with another subject")
    func bound() {
        let other = ResetID(rawValue: 2)
        let codeB = minter.mint(knownSubject, other, generation: 0).text
        #expect(proven(codeB, knownSubject, other) == 1)
        #expect(proven(codeB) == 0)
        #expect(proven(Self.codes[0], knownSubject, other) == 0)
        #expect(proven(Self.codes[0], SubjectID(rawValue: 3)) == 0)
    }

    @Test("a code of an older key proves while that key is in the ring, and not after")
    func rotation() {
        let both = CodeMinter(knownRing(replacing: [.code: [knownKey(7, 2), knownKey(8, 40)]]))
        let new = CodeMinter(knownRing(replacing: [.code: [knownKey(8, 40)]]))
        let code = Secret(Self.codes[1])
        #expect(both.mint(knownSubject, knownReset, generation: 1) != code)
        #expect(both.provenGenerations(by: code, knownSubject, knownReset, upTo: 3) == 0b10)
        #expect(new.provenGenerations(by: code, knownSubject, knownReset, upTo: 3) == 0)
    }
}
