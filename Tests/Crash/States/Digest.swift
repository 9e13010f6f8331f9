// 128 bits by which states of a disk are told apart. Pure.

/// A fingerprint of content; equal content has equal digests, and nobody tries to forge one.
struct Digest: Hashable {
    private var low: UInt64
    private var high: UInt64

    static let none = Digest(low: 0, high: 0)

    private init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    init(_ bytes: [UInt8]) {
        var low = UInt64(bytes.count) ^ 0x243F_6A88_85A3_08D3
        var high = UInt64(bytes.count) ^ 0x1319_8A2E_0370_7344
        bytes.withUnsafeBytes { raw in
            var offset = 0
            while offset + 8 <= raw.count {
                let word = raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                low = Self.mixed(low ^ word, 0x9E37_79B9_7F4A_7C15)
                high = Self.mixed(high &+ word, 0xC2B2_AE3D_27D4_EB4F)
                offset += 8
            }
            for byte in raw[offset...] {
                low = Self.mixed(low ^ UInt64(byte), 0x9E37_79B9_7F4A_7C15)
                high = Self.mixed(high &+ UInt64(byte), 0xC2B2_AE3D_27D4_EB4F)
            }
        }
        self.init(low: low, high: high)
    }

    init(_ text: String) { self.init(Array(text.utf8)) }

    /// Of a name and what it stands for.
    static func entry(_ name: Digest, _ content: Digest) -> Digest {
        let low = name.low &+ mixed(content.low, 0x94D0_49BB_1331_11EB)
        let high = name.high &+ mixed(content.high, 0x2545_F491_4F6C_DD1D)
        return Digest(
            low: mixed(low, 0xBF58_476D_1CE4_E5B9), high: mixed(high, 0xD6E8_FEB8_6659_FD93))
    }

    /// Adds one entry of a set; the order does not matter.
    mutating func add(_ entry: Digest) {
        low &+= entry.low
        high &+= entry.high
    }

    /// One of `count` equally likely numbers that follow from the digest alone.
    func pick(_ count: UInt64) -> UInt64 { (low ^ high >> 7) % count }

    private static func mixed(_ value: UInt64, _ factor: UInt64) -> UInt64 {
        let product = value &* factor
        return product ^ product >> 31
    }
}
