/// A number that SMS can be sent to, in the international form (ITU-T E.164): `+`, a digit from 1 to
/// 9, and 7 to 14 more digits.
public struct MobileNumber: Hashable, Sendable {
    public let text: String

    /// nil for anything else.
    public init?(_ text: String) {
        let digits = text.utf8.dropFirst()
        guard text.utf8.first == UInt8(ascii: "+"), (8...15).contains(digits.count),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            digits.first != UInt8(ascii: "0")
        else { return nil }
        self.text = text
    }
}
