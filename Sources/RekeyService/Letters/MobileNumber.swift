/// A mobile number in the international form (ITU-T E.164): `+` and 7 to 15 ASCII digits (R11).
public struct MobileNumber: Hashable, Sendable {
    public let text: String

    /// - Throws: `LetterError.mobileNumber`.
    public init(_ text: String) throws(LetterError) {
        let digits = text.utf8.dropFirst()
        guard text.utf8.first == UInt8(ascii: "+"), (7...15).contains(digits.count),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { throw .mobileNumber }
        self.text = text
    }
}
