// Randomness that follows from a seed, for properties: a failure names the seed that repeats it.

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }

    /// Not zero, and as often short as long: a wire form of one byte is as likely as one of ten.
    mutating func magnitude(bits: Int) -> UInt64 {
        let width = Int.random(in: 1...bits, using: &self)
        return 1 << UInt64(width - 1) | next() & (1 << UInt64(width - 1) - 1)
    }
}
