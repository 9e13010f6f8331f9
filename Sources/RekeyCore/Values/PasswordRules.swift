/// What a password must be, as far as that can be said before seeing it.
public struct PasswordRules: Hashable, Sendable {
    /// Unicode code points after NFC (R36).
    public var codePointsMin: Int
    /// Bytes of UTF-8 after NFC (R37).
    public var bytesMax: Int

    public init(codePointsMin: Int, bytesMax: Int) {
        self.codePointsMin = codePointsMin
        self.bytesMax = bytesMax
    }

    public init(_ policy: Policy) {
        self.init(codePointsMin: policy.passwordCodePointsMin, bytesMax: policy.passwordBytesMax)
    }

    /// Throws a refusal that says what the rule is; never anything about the password itself.
    ///
    /// - Parameters:
    ///   - codePoints: Unicode code points of the password after NFC.
    ///   - bytes: UTF-8 bytes of the same.
    ///   - field: where the request has it, for the refusal to name.
    public func judge(
        codePoints: Int, bytes: Int, field: String = "password"
    ) throws(Refusal) {
        guard bytes <= bytesMax else {
            throw Refusal(
                .passwordUnacceptable, "the password is longer than \(bytesMax) bytes",
                details: [FieldProblem(field: field, problem: "at most \(bytesMax) bytes")])
        }
        guard codePoints >= codePointsMin else {
            throw Refusal(
                .passwordUnacceptable,
                "the password is too short: it needs at least \(codePointsMin) characters",
                details: [
                    FieldProblem(field: field, problem: "at least \(codePointsMin) characters")
                ])
        }
    }
}
