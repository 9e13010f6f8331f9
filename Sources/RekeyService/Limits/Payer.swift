/// Who pays for a limit, as a keyed hash: never an address or a name (R90).
struct Payer: Hashable {
    let bucket: UInt64
    let name: UInt64

    /// - Parameter hash: 16 bytes or more.
    init(_ hash: [UInt8]) {
        func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        bucket = word(hash[..<8])
        name = word(hash[8..<16])
    }
}
